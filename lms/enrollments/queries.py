"""Classes, their rosters, and which of them are examined on a bank that anyone can read."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import Grant, Officer
from lms.accounts.permissions import Permission, Role
from lms.accounts.queries import held
from lms.accounts.rules import Identity
from lms.agencies.models import Agency, Membership
from lms.agencies.queries import serving
from lms.courses.manifest import lessons_of, total_minutes
from lms.courses.models import CourseRevision
from lms.enrollments.models import Completion, Enrollment, Offering, PublicBankAcknowledgement
from lms.questions.models import BankRevision

OFFERINGS_PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class OfferingRow:
    """One class in a list."""

    id: uuid.UUID
    title: str
    course_title: str
    course_number: int
    program_model: str
    starts_on: date
    ends_on: date
    officers: int


def offerings(session: Session, *, page: int = 1) -> list[OfferingRow]:
    """One page of the classes, those that start last first."""
    officers = select(func.count()).where(Enrollment.offering_id == Offering.id).correlate(Offering).scalar_subquery()
    course = (CourseRevision.title, CourseRevision.number, CourseRevision.program_model)
    asked = (
        select(Offering.id, Offering.title, *course, Offering.starts_on, Offering.ends_on, officers)
        .join(CourseRevision, CourseRevision.hash == Offering.course_hash)
        .order_by(Offering.starts_on.desc(), Offering.title, Offering.id)
        .offset((page - 1) * OFFERINGS_PER_PAGE)
        .limit(OFFERINGS_PER_PAGE)
    )
    return [OfferingRow(*row) for row in session.execute(asked)]


def offering_count(session: Session) -> int:
    """How many classes there are."""
    return session.scalar(select(func.count()).select_from(Offering)) or 0


@dataclass(frozen=True, slots=True)
class PlannedExam:
    """An exam as the course revision of a class plans it."""

    id: str
    title: str
    minutes: int
    proctored: bool
    bank: str


@dataclass(frozen=True, slots=True)
class OfferingDetail:
    """One class, with what its course revision asks for."""

    id: uuid.UUID
    title: str
    starts_on: date
    ends_on: date
    time_zone: str
    course_hash: str
    course_title: str
    course_number: int
    program_model: str
    lessons: int
    minutes: int
    exams: tuple[PlannedExam, ...]


def offering(session: Session, *, offering_id: uuid.UUID) -> OfferingDetail | None:
    """The class, or None when there is none."""
    asked = (
        select(Offering, CourseRevision).join(CourseRevision, CourseRevision.hash == Offering.course_hash).where(Offering.id == offering_id)
    )
    row = session.execute(asked).first()
    return None if row is None else _detail(row[0], row[1])


def _detail(found: Offering, course: CourseRevision) -> OfferingDetail:
    return OfferingDetail(
        id=found.id,
        title=found.title,
        starts_on=found.starts_on,
        ends_on=found.ends_on,
        time_zone=found.time_zone,
        course_hash=course.hash,
        course_title=course.title,
        course_number=course.number,
        program_model=course.program_model,
        lessons=len(lessons_of(course.manifest)),
        minutes=total_minutes(course.manifest),
        exams=_exams(course.manifest),
    )


def _exams(manifest: Mapping[str, Any]) -> tuple[PlannedExam, ...]:
    return tuple(
        PlannedExam(exam["id"], exam["title"], exam["minutes"], proctored=exam["proctored"], bank=exam["bank"])
        for exam in manifest["exams"]
    )


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One officer of a class and how far they are. Minutes are those credited for completed lessons."""

    enrollment_id: uuid.UUID
    officer_id: uuid.UUID
    name: str
    agency: str
    lessons: int
    minutes: int
    enrolled_at: datetime


def roster(session: Session, *, offering_id: uuid.UUID) -> list[RosterRow]:
    """The officers of a class by name."""
    asked = (
        select(
            Enrollment.id,
            Enrollment.officer_id,
            Officer.name,
            Agency.name,
            func.count(Completion.lesson_id),
            func.coalesce(func.sum(Completion.credited_minutes), 0),
            Enrollment.enrolled_at,
        )
        .join(Officer, Officer.id == Enrollment.officer_id)
        .join(Agency, Agency.id == Enrollment.agency_id)
        .outerjoin(Completion, Completion.enrollment_id == Enrollment.id)
        .where(Enrollment.offering_id == offering_id)
        .group_by(Enrollment.id, Enrollment.officer_id, Officer.name, Agency.name, Enrollment.enrolled_at)
        .order_by(Officer.name, Enrollment.id)
    )
    return [RosterRow(*row) for row in session.execute(asked)]


@dataclass(frozen=True, slots=True)
class OfficerName:
    """An officer to choose."""

    id: uuid.UUID
    name: str


def officers_to_enroll(session: Session, *, offering_id: uuid.UUID, agency_id: uuid.UUID, now: datetime) -> list[OfficerName]:
    """The officers who serve in an agency, still hold the role, and are not in the class yet."""
    active = exists().where(
        Grant.user_id == Officer.user_id, Grant.role == Role.OFFICER, Grant.agency_id == Membership.agency_id, held(now)
    )
    enrolled = exists().where(Enrollment.officer_id == Officer.id, Enrollment.offering_id == offering_id)
    asked = (
        select(Officer.id, Officer.name)
        .join(Membership, Membership.officer_id == Officer.id)
        .where(Membership.agency_id == agency_id, serving(now), active, ~enrolled)
        .order_by(Officer.name, Officer.id)
    )
    return [OfficerName(*row) for row in session.execute(asked)]


def enrolled_among(session: Session, *, offering_id: uuid.UUID, officer_ids: Collection[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Which of the officers are in the class already."""
    asked = select(Enrollment.officer_id).where(Enrollment.offering_id == offering_id, Enrollment.officer_id.in_(officer_ids))
    return frozenset(session.scalars(asked))


def public_banks(session: Session) -> frozenset[str]:
    """The banks whose newest revision anyone can read."""
    newer = aliased(BankRevision)
    superseded = exists().where(and_(newer.bank_id == BankRevision.bank_id, newer.number > BankRevision.number))
    return frozenset(session.scalars(select(BankRevision.bank_id).where(BankRevision.public.is_(True), ~superseded)))


def relies_on_public_bank(session: Session, *, offering_id: uuid.UUID) -> bool:
    """Whether a proctored exam of the class is drawn on a bank that anyone can read."""
    asked = select(CourseRevision.manifest).join(Offering, Offering.course_hash == CourseRevision.hash).where(Offering.id == offering_id)
    manifest = session.scalar(asked)
    return manifest is not None and _is_public(manifest, public_banks(session))


def _is_public(manifest: Mapping[str, Any], public: frozenset[str]) -> bool:
    return any(exam.proctored and exam.bank in public for exam in _exams(manifest))


def public_bank_acknowledged(session: Session, offering_id: uuid.UUID) -> bool:
    """Whether an administrator has accepted that the class is examined on a public bank."""
    return session.get(PublicBankAcknowledgement, offering_id) is not None


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Who accepted a public bank for a class, and when."""

    acknowledged_by: uuid.UUID
    at: datetime
    wording: str


def acknowledgement(session: Session, *, offering_id: uuid.UUID) -> Acknowledgement | None:
    """The acceptance of a public bank for a class, if it was given."""
    found = session.get(PublicBankAcknowledgement, offering_id)
    return None if found is None else Acknowledgement(found.acknowledged_by, found.at, found.wording)


def standing_notices(session: Session, identity: Identity) -> list[str]:
    """A sentence for administrators while any class relies on a public bank; nothing, without a question asked, for others."""
    if not identity.may(Permission.BANK_ACKNOWLEDGE):
        return []
    public = public_banks(session)
    if not public:
        return []
    courses = select(Offering.course_hash, func.count().label("classes")).group_by(Offering.course_hash).subquery()
    asked = select(CourseRevision.manifest, courses.c.classes).join(courses, courses.c.course_hash == CourseRevision.hash)
    relying = sum(row.classes for row in session.execute(asked) if _is_public(row.manifest, public))
    if not relying:
        return []
    subject = "One class is" if relying == 1 else f"{relying} classes are"
    return [f"{subject} examined on a question bank that anyone can read. Import a private bank before you rely on the results."]


def classes_under_way(session: Session, course_hashes: Collection[str], *, now: datetime) -> int:
    """How many classes that are not over stand on these course revisions."""
    asked = select(func.count()).where(Offering.course_hash.in_(course_hashes), Offering.ends_on >= now.date())
    return session.scalar(asked) or 0
