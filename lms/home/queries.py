"""What waits for each role: work queues rather than menus."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from lms.accounts import queries as accounts
from lms.accounts.models import Officer
from lms.accounts.permissions import Role
from lms.accounts.queries import PendingInvitation
from lms.accounts.rules import Identity
from lms.agencies import queries as agencies
from lms.agencies.agreement_rules import State as AgreementState
from lms.agencies.models import AgreementMove, NominationOutcome
from lms.agencies.nomination_rules import Outcome
from lms.agencies.queries import AgencyRow, agency_of
from lms.courses import queries as courses
from lms.courses.queries import LessonPlace, ModuleOutline
from lms.enrollments import queries as enrollments
from lms.enrollments.models import Completion, Enrollment, Offering
from lms.enrollments.queries import OfferingDetail, OfferingRow, of_pinned_course, withdrawn
from lms.enrollments.timetable import queries as timetables
from lms.enrollments.timetable.rules import Day
from lms.practicals import queries as practicals
from lms.practicals.rules import State
from lms.proctoring import queries as proctoring
from lms.proctoring.queries import CandidateRow

OFFICERS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to set up: done or not, and what it is good for."""

    label: str
    why: str
    endpoint: str
    done: bool


@dataclass(frozen=True, slots=True)
class Setup:
    """Where the program stands for whoever administers it."""

    tasks: tuple[Task, ...]
    agencies: int
    classes: int
    officers: int
    invitations: tuple[PendingInvitation, ...]

    @property
    def left(self) -> tuple[Task, ...]:
        """The tasks that are not done, in the order in which they build on each other."""
        return tuple(task for task in self.tasks if not task.done)


def setup_of(session: Session, *, actor: Identity, now: datetime) -> Setup:
    """What is set up and what is not: agencies, people in each role, classes with officers."""
    agency_count = agencies.agency_count(session, identity=actor)
    class_count = enrollments.offering_count(session)
    officers = session.scalar(select(func.count()).select_from(Officer)) or 0
    enrolled = session.scalar(select(Enrollment.id).limit(1)) is not None
    agreed = session.scalar(select(AgreementMove.number).where(AgreementMove.to_state == AgreementState.SIGNED).limit(1)) is not None
    approved = session.scalar(select(NominationOutcome.at).where(NominationOutcome.outcome == Outcome.APPROVED).limit(1)) is not None
    tasks = (
        Task("Create an agency", "Officers and coordinators belong to one.", "agencies.new_agency", agency_count > 0),
        Task("Keep an agreement", "An agency's officers take a course under its signed agreement.", "agencies.agencies", agreed),
        _staff(session, Role.COORDINATOR, "A coordinator nominates the officers of an agency.", now),
        Task("Decide on nominations", "An approved nominee is invited, and enrolled in a class.", "nominations.waiting", approved),
        _staff(session, Role.PROCTOR, "A proctor checks identity and admits officers to the exam.", now),
        _staff(session, Role.CERTIFIER, "A certifier issues certificates.", now),
        _staff(session, Role.INSTRUCTOR, "An instructor keeps the lessons right.", now),
        Task("Open a class", "It is pinned to the course as published that day.", "enrollments.new_offering", class_count > 0),
        Task("Enroll officers", "They start with the first lesson on the first day.", "enrollments.offerings", enrolled),
    )
    pending = tuple(accounts.pending_invitations(session, now=now))
    return Setup(tasks, agency_count, class_count, officers, pending)


def _staff(session: Session, role: Role, why: str, now: datetime) -> Task:
    article = "an" if role is Role.INSTRUCTOR else "a"
    return Task(f"Invite {article} {role}", why, "agencies.new_invitation", accounts.someone_is(session, role=role, now=now))


@dataclass(frozen=True, slots=True)
class LessonShelf:
    """The lessons of one course for whoever writes them; `drafts` are lessons with text that is not published."""

    course_title: str
    number: int
    modules: tuple[ModuleOutline, ...]
    drafts: tuple[LessonPlace, ...]

    @property
    def lessons(self) -> int:
        return sum(len(module.lessons) for module in self.modules)


def shelves(session: Session) -> list[LessonShelf]:
    """The courses with their lessons and drafts. Two statements."""
    drafted = courses.lessons_with_drafts(session)
    found = []
    for row in courses.courses(session):
        outline = courses.outline_of(row.manifest)
        places = [place for module in outline for place in module.lessons]
        drafts = tuple(place for place in places if (place.id, place.hash) in drafted)
        found.append(LessonShelf(row.title, row.number, outline, drafts))
    return found


@dataclass(frozen=True, slots=True)
class ClassTaught:
    """A class of an instructor of record, with the training day that is held today.

    `to_rate` and `to_decide` are practical exercises that wait for a second rater and for a third; None where the course has none.
    """

    offering: OfferingRow
    today: Day | None
    to_rate: int | None
    to_decide: int | None


CLASSES_SHOWN = 3


def classes_taught(session: Session, *, actor: Identity, now: datetime) -> list[ClassTaught]:
    """The classes that the actor is an instructor of record of and that are not over, the newest few. Four statements for each."""
    if actor.user_id is None:
        return []
    found = []
    for row in enrollments.classes_taught(session, user_id=actor.user_id, now=now, most=CLASSES_SHOWN):
        offering = enrollments.offering(session, offering_id=row.id, now=now)
        if offering is not None:
            today = timetables.timetable(session, offering=offering, now=now).today
            found.append(ClassTaught(row, today, *_to_rate(session, offering)))
    return found


def _to_rate(session: Session, offering: OfferingDetail) -> tuple[int | None, int | None]:
    if not offering.manifest.get("practicals"):
        return None, None
    states = practicals.waiting(session, offering_id=offering.id)
    return states[State.ONE_RATER], states[State.DIFFER]


@dataclass(frozen=True, slots=True)
class ExamQueue:
    """The officers of one class whom the proctor who asks may admit now."""

    class_title: str
    ready: tuple[CandidateRow, ...]


def exam_queues(session: Session, *, actor: Identity, now: datetime) -> list[ExamQueue]:
    """Running classes with the officers whom the actor may admit to an exam now, by class: nobody tied to the actor (R-11)."""
    ready: dict[str, list[CandidateRow]] = {}
    for row in proctoring.candidates(session, now=now, asker=actor):
        waiting = ready.setdefault(row.class_title, [])
        if row.may_be_admitted_by_asker:
            waiting.append(row)
    return [ExamQueue(title, tuple(rows)) for title, rows in sorted(ready.items())]


@dataclass(frozen=True, slots=True)
class OfficerProgress:
    """An officer of an agency in one class. Minutes are those credited."""

    name: str
    class_title: str
    lessons: int
    minutes: int
    withdrew: bool


@dataclass(frozen=True, slots=True)
class OwnAgency:
    """An agency that a person coordinates, and how far its officers are."""

    agency: AgencyRow
    officers: tuple[OfficerProgress, ...]


def own_agencies(session: Session, *, actor: Identity, now: datetime) -> list[OwnAgency]:
    """The agencies that the actor coordinates. Those of others are not among them, whatever else the actor may see."""
    rows = [row for row in agencies.agencies(session, identity=actor, now=now) if row.id in actor.agency_ids]
    return [OwnAgency(row, _progress(session, agency_id=row.id)) for row in rows]


def _progress(session: Session, *, agency_id: uuid.UUID) -> tuple[OfficerProgress, ...]:
    rows = session.execute(
        select(
            Officer.name,
            Offering.title,
            func.count(Completion.lesson_id),
            func.coalesce(func.sum(Completion.credited_minutes), 0),
            withdrawn(),
        )
        .select_from(Enrollment)
        .join(Officer, Officer.id == Enrollment.officer_id)
        .join(Offering, Offering.id == Enrollment.offering_id)
        .outerjoin(Completion, and_(Completion.enrollment_id == Enrollment.id, of_pinned_course()))
        .where(agency_of(Enrollment.officer_id) == agency_id)
        .group_by(Enrollment.id, Officer.name, Offering.title, Offering.starts_on)
        .order_by(Offering.starts_on.desc(), Officer.name)
        .limit(OFFICERS_SHOWN)
    )
    return tuple(OfficerProgress(row[0], row[1], int(row[2]), int(row[3]), row[4]) for row in rows)
