"""The people and places of the demonstration. Nobody of them exists."""

import base64
import hashlib
from dataclasses import dataclass
from typing import Final

from lms.accounts.permissions import STAFF_ROLES, Role
from lms.accounts.rules import normalized_name

PASSWORD: Final = "nothing here is real"  # noqa: S105 - published on purpose; a demonstration never runs in production
RECORD: Final = "demonstration.json"
COURSE: Final = "wso"
EXAM: Final = "wso-final"
PRACTICE: Final = "practice"
JAIL: Final = "jail-enforcement"
TASK_FORCE: Final = "task-force"
STAGES: Final = {
    "Imani Brooks": "third week, everything passed so far",
    "Wes Tanaka": "third week, one exam passed on the retake",
    "Lena Fitzgerald": "third week, a retake ahead",
    "Omar Castellano": "third week, hours owed",
    "Priya Nandakumar": "third week, a practical repeated",
    "Dana Whitlock": "first day done",
    "Marco Ibarra": "new",
}
"""How far the officers of the longer courses are."""
LESSONS: Final = 16
ARGUES: Final = "Devon Marsh"
"""Who challenges a question of a failed exam, and appeals its outcome."""
TRAINED: Final = "abbreviated course passed"
SHERIFF: Final = "Palmetto County Sheriff's Office"
POLICE: Final = "Juniper Flats Police Department"
PLACES: Final = {SHERIFF: "palmetto", POLICE: "juniperflats"}
HEADS: Final = {SHERIFF: "Sheriff Ana Ortiz", POLICE: "Chief Lee Hartmann"}
WAITING: Final = {SHERIFF: ("Quinn Abara", "Rowan Teller"), POLICE: ("Skyler Nash",)}
"""Officers whose nominations wait for a decision."""


@dataclass(frozen=True, slots=True)
class Member:
    """One of the cast. `lessons` completed of the course; `scores` of each try at its exam, in right answers of forty.

    `called_up`: how far they are in the short form of the course for a mass influx, when an order covers them. `course`: the course of
    the class that they are in, when it is none of these.
    """

    name: str
    role: Role
    agency: str = ""
    lessons: int = 0
    scores: tuple[int, ...] = ()
    certified: bool = False
    authorized: bool = False
    revoked: bool = False
    called_up: str = ""
    course: str = COURSE

    @property
    def stage(self) -> str:
        """How far an officer is, in words."""
        if self.role is not Role.OFFICER:
            return ""
        if self.course != COURSE:
            return f"{self.course.replace('-', ' ')}: {STAGES[self.name]}"
        if self.called_up:
            return f"called up for the influx, {self.called_up}"
        if self.certified:
            return "certificate revoked" if self.revoked else "certified and authorized" if self.authorized else "certified"
        if self.scores:
            return "failed the exam once"
        return {0: "new", LESSONS: "ready for the exam"}.get(self.lessons, f"{self.lessons} of {LESSONS} lessons")

    @property
    def totp(self) -> str:
        """The secret of a staff member's code app: the same in every demonstration, and published. Empty for officers."""
        if self.role not in STAFF_ROLES:
            return ""
        return base64.b32encode(hashlib.sha256(f"demonstration of {self.email}".encode()).digest()[:20]).decode()

    @property
    def email(self) -> str:
        """An address that can belong to nobody (RFC 2606)."""
        place = PLACES.get(self.agency, "training")
        return f"{normalized_name(self.name).replace(' ', '.')}@{place}.example"


CAST: Final = (
    Member("Morgan Achebe", Role.ADMINISTRATOR),
    Member("Noel Castellan", Role.ADMINISTRATOR),
    Member("Robin Vale", Role.PROGRAM_OFFICER),
    Member("Iris Takeda", Role.INSTRUCTOR),
    Member("Gale Norwood", Role.INSTRUCTOR),
    Member("Pat Lindqvist", Role.PROCTOR),
    Member("Chris Delacroix", Role.CERTIFIER),
    Member("Marisol Vega", Role.SUPERVISOR),
    Member("Noel Abara", Role.PROGRAM_OFFICER),
    Member("Tess Rowland", Role.VERIFIER),
    Member("Jordan Whitfield", Role.COORDINATOR, SHERIFF),
    Member("Avery Quill", Role.OFFICER, SHERIFF),
    Member("Blair Osei", Role.OFFICER, SHERIFF, lessons=8),
    Member("Logan Pierce", Role.OFFICER, SHERIFF, called_up=TRAINED),
    Member("Reese Calloway", Role.OFFICER, SHERIFF, called_up="not begun"),
    Member("Casey Lindgren", Role.OFFICER, SHERIFF, lessons=LESSONS),
    Member("Devon Marsh", Role.OFFICER, SHERIFF, lessons=LESSONS, scores=(24,)),
    Member("Emery Novák", Role.OFFICER, SHERIFF, lessons=LESSONS, scores=(36,), certified=True, authorized=True),
    Member("Tatum Reyes", Role.OFFICER, SHERIFF, lessons=LESSONS, scores=(38,), certified=True, authorized=True),
    Member("Finley Ortega", Role.OFFICER, SHERIFF, lessons=LESSONS, scores=(25, 31), certified=True, revoked=True),
    Member("Imani Brooks", Role.OFFICER, SHERIFF, course=JAIL),
    Member("Lena Fitzgerald", Role.OFFICER, SHERIFF, course=JAIL),
    Member("Omar Castellano", Role.OFFICER, SHERIFF, course=JAIL),
    Member("Priya Nandakumar", Role.OFFICER, SHERIFF, course=JAIL),
    Member("Wes Tanaka", Role.OFFICER, SHERIFF, course=JAIL),
    Member("Harper Stone", Role.COORDINATOR, POLICE),
    Member("Riley Park", Role.OFFICER, POLICE, lessons=3),
    Member("Sage Holloway", Role.OFFICER, POLICE, lessons=LESSONS, scores=(33,), certified=True),
    Member("Dana Whitlock", Role.OFFICER, POLICE, course=TASK_FORCE),
    Member("Marco Ibarra", Role.OFFICER, POLICE, course=TASK_FORCE),
)
