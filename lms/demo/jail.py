"""The demonstration's Jail Enforcement class, in the third week of its four: officers at every stage, exams, practicals, attendance."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from lms.accounts.rules import Identity
from lms.demo import training
from lms.demo.cast import JAIL as COURSE
from lms.demo.training import Learner
from lms.enrollments import queries as classes
from lms.enrollments import service as enrollments
from lms.enrollments.attendance import service as attendance
from lms.enrollments.attendance.rules import Mark
from lms.enrollments.enrolling import service as enrolling
from lms.enrollments.rules import Mode, Plan
from lms.exams import remediation
from lms.exams.remediation import Review
from lms.practicals import queries as practicals
from lms.practicals import rules as rubrics
from lms.practicals import service as exercises
from lms.practicals.rules import Given, Rubric
from lms.practicals.service import Rating

ZONE: Final = ZoneInfo("America/New_York")
TWO_WEEKS: Final = timedelta(days=14)
WEEK: Final = 5
NOTHING: Final[Mapping[str, Any]] = {}


@dataclass(frozen=True, slots=True)
class Story:
    """How one officer's way differs from the plain one, on which everything is done on its day and passed.

    `fails`: an exam failed the first time; `retakes`: whether it was taken again and passed. `misses`: days absent; `makes_up`: one of them
    made up. `repeats`: a practical failed and repeated. `waits`: a practical that only one rater has rated; `differs`: one on which the two
    raters differ.
    """

    fails: str = ""
    retakes: bool = False
    misses: tuple[int, ...] = ()
    makes_up: int = 0
    repeats: str = ""
    waits: str = ""
    differs: str = ""


STORIES: Final[Mapping[str, Story]] = {
    "Imani Brooks": Story(waits="detainer-past-its-time"),
    "Wes Tanaka": Story(fails="jail-enforcement-2", retakes=True),
    "Lena Fitzgerald": Story(fails="jail-enforcement-3", differs="detainer-past-its-time"),
    "Omar Castellano": Story(misses=(6, 7), makes_up=6),
    "Priya Nandakumar": Story(repeats="documents-at-the-table"),
}
"""The officers of the class, by name; `lms/demo/cast.py` says how far each is."""


@dataclass(frozen=True, slots=True)
class Staff:
    """Who runs the class: the two instructors rate, the proctor admits, the administrator opens it."""

    administrator: Identity
    instructors: tuple[Identity, Identity]
    proctor: Identity


@dataclass(slots=True)
class JailClass:
    """The class while it is filled. `today` is the day in its zone."""

    staff: Staff
    now: datetime
    manifest: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    offering_id: uuid.UUID = field(default_factory=uuid.uuid4)
    learners: dict[str, Learner] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return self.now.astimezone(ZONE).date()

    @property
    def begins_on(self) -> date:
        """The Monday two weeks before the one of this week, so that this is the third week."""
        return self.today - timedelta(days=self.today.weekday()) - TWO_WEEKS

    def held_on(self, day: int) -> date:
        """The date of a training day: five a week."""
        return self.begins_on + timedelta(days=(day - 1) // WEEK * 7 + (day - 1) % WEEK)

    def at(self, day: int, hour: int) -> datetime:
        """An hour of a training day."""
        return datetime.combine(self.held_on(day), time(hour), ZONE)

    @property
    def days_held(self) -> int:
        """The training days before today."""
        return sum(self.held_on(day["number"]) < self.today for day in self.manifest["days"])

    def open(self, session: Session, nominations: list[uuid.UUID], officers: Mapping[str, Identity], *, opened_at: datetime) -> None:
        """Open the class and enroll its officers."""
        course = training.course_of(session, COURSE)
        self.manifest = course.manifest
        self.offering_id = enrollments.open_offering(
            session, actor=self.staff.administrator, course_hash=course.hash, plan=self._plan(), now=opened_at
        )
        enrolling.enroll(session, actor=self.staff.administrator, offering_id=self.offering_id, nomination_ids=nominations, now=opened_at)
        rows = classes.roster(session, offering_id=self.offering_id)
        self.learners = {row.name: Learner(officers[row.name], row.enrollment_id) for row in rows}

    def _plan(self) -> Plan:
        return Plan(
            title="Jail Enforcement class 26-02",
            starts_on=self.begins_on,
            ends_on=self.held_on(20) + timedelta(days=14),
            time_zone=str(ZONE),
            mode=Mode.RESIDENT,
            place="Training room 1, Palmetto County Jail",
            state="FL",
            capacity=16,
            instructors=frozenset(one.user_id for one in self.staff.instructors if one.user_id),
        )

    # --- Day by day -------------------------------------------------------------------------------------------------

    def hold(self, session: Session, day: Mapping[str, Any]) -> None:
        """One training day: its lessons, its exam, its practicals, and who attended."""
        number = day["number"]
        for name, learner in self.learners.items():
            story = STORIES[name]
            if number in story.misses or (story.misses and number > min(story.misses)):
                continue  # lessons are taken in order: whoever missed a day is behind
            training.studies(session, learner, course_id=COURSE, wanted=day["lessons"], now=self.at(number, 8))
            for exam in day["exams"]:
                self._examines(session, name, exam, number)
        self._takes_the_roll(session, number)
        for practical in day["practicals"]:
            for name in self.learners:
                if number not in STORIES[name].misses:
                    self._rates(session, name, practical, number)

    def _takes_the_roll(self, session: Session, day: int) -> None:
        marks = {one.enrollment_id: Mark.ABSENT if day in STORIES[name].misses else Mark.PRESENT for name, one in self.learners.items()}
        teacher = self.staff.instructors[0]
        training.attends(session, actor=teacher, offering_id=self.offering_id, day=day, marks=marks, now=self.at(day, 18))

    # --- Exams ------------------------------------------------------------------------------------------------------

    def _examines(self, session: Session, name: str, exam: str, day: int) -> None:
        """An exam at the end of its day; the one that the story fails is reviewed, and taken again two days later where it is."""
        story, learner = STORIES[name], self.learners[name]
        questions = sum(next(one for one in self.manifest["exams"] if one["id"] == exam)["specification"].values())
        failed = exam == story.fails
        right = questions * (6 if failed else 9) // 10
        attempt, handed_in = training.sits(session, learner, exam=exam, proctor=self.staff.proctor, right=right, now=self.at(day, 15))
        session.flush()
        if failed:
            self._reviews(session, attempt, handed_in + timedelta(hours=2))
        if failed and story.retakes:
            again = handed_in + timedelta(hours=4)
            training.sits(session, learner, exam=exam, proctor=self.staff.proctor, right=questions * 8 // 10, now=again)

    def _reviews(self, session: Session, attempt: uuid.UUID, now: datetime) -> None:
        review = Review("The lessons of every objective in which points were lost, with the worked cases of each.", 90, self._day(now))
        remediation.record(session, actor=self.staff.instructors[0], attempt_id=attempt, review=review, now=now)
        session.flush()

    @staticmethod
    def _day(moment: datetime) -> date:
        return moment.astimezone(ZONE).date()

    # --- Practical exercises ----------------------------------------------------------------------------------------

    def _rates(self, session: Session, name: str, practical: str, day: int) -> None:
        story, at = STORIES[name], self.at(day, 17)
        raters = self.staff.instructors[:1] if practical == story.waits else self.staff.instructors
        for number, rater in enumerate(raters):
            fails = practical == story.repeats or (practical == story.differs and number > 0)
            self._rates_once(session, rater, name, practical, fails=fails, at=at)
        if practical == story.repeats:
            self._repeats(session, name, practical, day)

    def _rates_once(self, session: Session, rater: Identity, name: str, practical: str, *, fails: bool, at: datetime) -> None:
        enrollment_id = self.learners[name].enrollment_id
        (record,) = practicals.records(session, enrollment_id=enrollment_id, manifest=self.manifest, practical_id=practical)
        sheet = sheet_of(record.newest.rubric, fails=fails)
        rating = Rating(self._day(at), sheet)
        exercises.rate(session, actor=rater, enrollment_id=enrollment_id, practical_id=practical, rating=rating, now=at)
        session.flush()

    def _repeats(self, session: Session, name: str, practical: str, day: int) -> None:
        """Practiced with an instructor the next morning, and done again."""
        teacher, at = self.staff.instructors[0], self.at(day, 19)
        what = "Went through the documents again with an instructor, one by one, and said aloud what each proves."
        enrollment_id = self.learners[name].enrollment_id
        exercises.open_repeat(session, actor=teacher, enrollment_id=enrollment_id, practical_id=practical, remediation=what, now=at)
        session.flush()
        for rater in self.staff.instructors:
            self._rates_once(session, rater, name, practical, fails=False, at=at + timedelta(hours=2))

    def answer_the_alarm(self, session: Session) -> None:
        """What was done where many failed, as R-12 asks."""
        what = "Both instructors went through the exercise with the class again, and gave it more time."
        for story in STORIES.values():
            if story.repeats:
                told: dict[str, Any] = {"offering_id": self.offering_id, "practical_id": story.repeats, "what": what}
                exercises.answer_alarm(session, actor=self.staff.administrator, **told, now=self.at(6, 9))

    # --- Hours made up ----------------------------------------------------------------------------------------------

    def make_up(self, session: Session) -> None:
        """Hours of a missed day, made up in the last hours of another one."""
        for name, story in STORIES.items():
            day = next((one for one in self.manifest["days"] if one["number"] == story.makes_up), None)
            if day is not None and story.makes_up < self.days_held:
                attendance.make_up(
                    session,
                    actor=self.staff.instructors[0],
                    enrollment_id=self.learners[name].enrollment_id,
                    day=day["number"],
                    minutes=60,
                    what="An hour of the missed day with the instructor, after class",
                    held_on=self.held_on(self.days_held),
                    now=self.at(self.days_held, 20),
                )


def sheet_of(rubric: Rubric, *, fails: bool) -> dict[str, Given]:
    """Everything met, but for one critical step (or the first criterion) where the go fails."""
    weak = next((one.id for one in rubric.criteria if one.critical), rubric.criteria[0].id) if fails else ""
    missed = Given(rubrics.Mark.NOT_MET, "Left out until the role player asked for it.")
    return {one.id: missed if one.id == weak else Given(rubrics.Mark.MET) for one in rubric.criteria}
