"""What the rows say of an officer's training when a certificate is asked for: read anew each time, for many officers at once."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session

from lms.accounts.models import Officer
from lms.agencies.models import Agency
from lms.agencies.queries import agency_of
from lms.certificates import rules, short
from lms.certificates.fonts import MissingGlyph, refuse_missing
from lms.certificates.models import Certificate, Revocation
from lms.certificates.numbers import CertificateClass
from lms.certificates.rules import Earlier, ExamFacts, Gate, Record
from lms.certificates.short import Basis
from lms.courses.manifest import lessons_of
from lms.courses.models import CourseLesson, CourseRevision
from lms.enrollments.attendance.queries import hours_of
from lms.enrollments.hours import HoursAttended, online_minutes
from lms.enrollments.models import Completion, Enrollment, Offering, PublicBankAcknowledgement
from lms.enrollments.queries import cancelled, goes_on, withdrawn
from lms.exams.models import AdmissionUse, Attempt, ExamResult, Paper, TicketUse
from lms.practicals import queries as practicals
from lms.practicals import rules as practical_rules
from lms.practicals.rules import Standing
from lms.questions.models import BankRevision

MOST_READY = 200
"""Officers offered for issuing at once."""
WAITING_PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class Candidate:
    """An officer in a class, and everything that a certificate of it would rest on. `ordinal`: which one it would be.

    `basis`: the order on which a time-boxed certificate would rest. Whoever has done everything is given a full one instead.
    """

    enrollment_id: uuid.UUID
    officer_id: uuid.UUID
    agency_id: uuid.UUID
    officer: str
    agency: str
    class_title: str
    course_hash: str
    course: str
    course_title: str
    program_model: str
    subjects: tuple[str, ...]
    time_zone: str
    completed_at: datetime | None
    ordinal: int
    record: Record
    basis: Basis | None = None

    @property
    def certificate_class(self) -> CertificateClass:
        """The class of the certificate that it would be: a full one, unless an order is its basis."""
        return self.basis.certificate_class if self.basis else CertificateClass.FULL

    @property
    def good_until(self) -> date | None:
        """The last day of the time-boxed certificate that it would be; None for a full one."""
        return date.fromisoformat(self.basis.good_until) if self.basis else None

    @property
    def gates(self) -> tuple[Gate, ...]:
        """Every condition, met or not."""
        return self.basis.gates if self.basis else rules.gates(self.record)

    @property
    def unmet(self) -> tuple[Gate, ...]:
        """What still stands in the way."""
        return rules.unmet(self.gates)

    @property
    def is_ready(self) -> bool:
        return not self.unmet


@dataclass(frozen=True, slots=True)
class _Done:
    """Lessons completed of one enrollment: the minutes that each credited."""

    minutes: Mapping[str, int] = field(default_factory=dict)
    last: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Passed:
    """An exam passed: when, whether by an admission, and whether on a bank that anyone can read."""

    closed_at: datetime
    admitted: bool
    public: bool


@dataclass(frozen=True, slots=True)
class _Held:
    """Certificates that an enrollment has had."""

    count: int = 0
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    """Everything known of some enrollments, by enrollment."""

    done: Mapping[uuid.UUID, _Done]
    hours: Mapping[uuid.UUID, HoursAttended]
    passed: Mapping[tuple[uuid.UUID, str], _Passed]
    practicals: Mapping[uuid.UUID, Mapping[str, Standing]]
    held: Mapping[uuid.UUID, _Held]
    short: short.Found
    demo: bool


def candidates(session: Session, *, enrollment_ids: Collection[uuid.UUID], demo: bool, now: datetime) -> list[Candidate]:
    """These enrollments with their conditions, in the order of classes and names. Eight statements at most; with orders sixteen.

    The agency is the one served in now: an officer who moves keeps the record.
    """
    columns = (Enrollment, Offering, CourseRevision, Officer.name, Agency.id, Agency.name, PublicBankAcknowledgement.at)
    rows = session.execute(
        select(*columns, withdrawn(), cancelled())
        .join(Offering, Offering.id == Enrollment.offering_id)
        .join(CourseRevision, CourseRevision.hash == Offering.course_hash)
        .join(Officer, Officer.id == Enrollment.officer_id)
        .join(Agency, Agency.id == func.coalesce(agency_of(Enrollment.officer_id), Enrollment.agency_id))
        .outerjoin(PublicBankAcknowledgement, PublicBankAcknowledgement.offering_id == Offering.id)
        .where(Enrollment.id.in_(enrollment_ids))
        .order_by(Offering.starts_on.desc(), Offering.title, Officer.name, Enrollment.id)
    ).all()
    ids = [row[0].id for row in rows]
    hours = hours_of(session, manifests={row[0].id: row[2].manifest for row in rows})
    rated = practicals.standings(session, enrollment_ids=[row[0].id for row in rows if practical_rules.required(row[2].manifest)])
    ordered = short.found(session, ids, now=now)
    found = _Found(_completions(session, ids), hours, _passed(session, ids), rated, _held(session, ids), ordered, demo)
    return [_candidate(row, found) for row in rows]


def ready(session: Session, *, demo: bool, now: datetime) -> list[Candidate]:
    """Officers who have completed everything that is asked of them and have no certificate of it yet."""
    coming = or_(_has_passed(), and_(short.is_waived(), ~short.has_short_one(now)))
    waiting_for_it = select(Enrollment.id).join(Offering, Offering.id == Enrollment.offering_id).where(~_certified(now), coming, goes_on())
    asked = waiting_for_it.order_by(Enrollment.enrolled_at, Enrollment.id).limit(MOST_READY)
    found = candidates(session, enrollment_ids=session.scalars(asked).all(), demo=demo, now=now)
    return [one for one in found if one.is_ready]


def waiting(session: Session, *, besides: Collection[uuid.UUID], demo: bool, now: datetime, page: int = 1) -> list[Candidate]:
    """One page of the officers without a certificate other than `besides`, those who have passed an exam first."""
    asked = (
        select(Enrollment.id)
        .join(Offering, Offering.id == Enrollment.offering_id)
        .join(Officer, Officer.id == Enrollment.officer_id)
        .where(~_certified(now), goes_on(), Enrollment.id.not_in(besides))
        .order_by(_has_passed().desc(), Offering.starts_on.desc(), Officer.name, Enrollment.id)
        .offset((page - 1) * WAITING_PER_PAGE)
        .limit(WAITING_PER_PAGE)
    )
    ids = session.scalars(asked).all()
    found = candidates(session, enrollment_ids=ids, demo=demo, now=now)
    return sorted(found, key=lambda one: ids.index(one.enrollment_id))


def waiting_count(session: Session, *, besides: Collection[uuid.UUID], now: datetime) -> int:
    """How many officers the pages of `waiting` show."""
    asked = select(func.count()).select_from(Enrollment).join(Offering, Offering.id == Enrollment.offering_id)
    return session.scalar(asked.where(~_certified(now), goes_on(), Enrollment.id.not_in(besides))) or 0


def _certified(now: datetime) -> Any:
    """That there is a full certificate; or a time-boxed one that has not ended, where the class has no more to give."""
    full = exists().where(Certificate.enrollment_id == Enrollment.id, Certificate.certificate_class == CertificateClass.FULL)
    return or_(full, and_(short.has_short_one(now), ~short.is_waived()))


def _has_passed() -> Any:
    return exists().where(Attempt.enrollment_id == Enrollment.id, ExamResult.attempt_id == Attempt.id, ExamResult.passed.is_(True))


def _completions(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, _Done]:
    """Only lessons of the course that the class is pinned to count."""
    of_course = and_(CourseLesson.course_hash == Offering.course_hash, CourseLesson.lesson_id == Completion.lesson_id)
    rows = session.execute(
        select(Completion.enrollment_id, Completion.lesson_id, Completion.credited_minutes, Completion.at)
        .join(Enrollment, Enrollment.id == Completion.enrollment_id)
        .join(Offering, Offering.id == Enrollment.offering_id)
        .join(CourseLesson, of_course)
        .where(Completion.enrollment_id.in_(ids))
        .order_by(Completion.at)
    )
    found: dict[uuid.UUID, _Done] = {}
    for enrollment_id, lesson_id, minutes, at in rows:
        before = found.get(enrollment_id, _Done())
        found[enrollment_id] = _Done({**before.minutes, lesson_id: minutes}, at)
    return found


_LET_IN = func.coalesce(AdmissionUse.admission_id, TicketUse.ticket_id)
"""What let the officer in: a proctor's admission, or the ticket of a sitting, which is good only after an identity check."""


def _passed(session: Session, ids: Sequence[uuid.UUID]) -> dict[tuple[uuid.UUID, str], _Passed]:
    rows = session.execute(
        select(Attempt.enrollment_id, Attempt.exam_id, ExamResult.closed_at, _LET_IN, BankRevision.public)
        .join(ExamResult, ExamResult.attempt_id == Attempt.id)
        .join(Paper, Paper.hash == Attempt.paper_hash)
        .join(BankRevision, BankRevision.hash == Paper.bank_hash)
        .outerjoin(AdmissionUse, AdmissionUse.attempt_id == Attempt.id)
        .outerjoin(TicketUse, TicketUse.attempt_id == Attempt.id)
        .where(Attempt.enrollment_id.in_(ids), ExamResult.passed.is_(True))
    )
    return {(row[0], row[1]): _Passed(row[2], admitted=row[3] is not None, public=row[4]) for row in rows}


def _held(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, _Held]:
    rows = session.execute(
        select(Certificate.enrollment_id, func.count(), func.count(Revocation.certificate_id))
        .outerjoin(Revocation, Revocation.certificate_id == Certificate.id)
        .where(Certificate.enrollment_id.in_(ids), Certificate.certificate_class == CertificateClass.FULL)
        .group_by(Certificate.enrollment_id)
    )
    return {row[0]: _Held(int(row[1]), revoked=row[2] > 0) for row in rows}


def _candidate(row: Any, found: _Found) -> Candidate:
    enrollment, offering, course, officer, agency_id, agency, acknowledged_at, left, called_off = row
    ended = "The officer withdrew from the class." if left else "The class was cancelled." if called_off else ""
    printed = (officer, agency, course.title, *course.manifest["subjects"])
    record = _record(enrollment.id, course.manifest, found, acknowledged=acknowledged_at is not None, ended=ended)
    record = _with_drawing(record, printed)
    basis = short.basis(found.short, enrollment, course.manifest, record) if rules.unmet(rules.gates(record)) else None
    return Candidate(
        enrollment_id=enrollment.id,
        officer_id=enrollment.officer_id,
        agency_id=agency_id,
        officer=officer,
        agency=agency,
        class_title=offering.title,
        course_hash=course.hash,
        course=course.course_id,
        course_title=course.title,
        program_model=course.program_model,
        subjects=tuple(course.manifest["subjects"]),
        time_zone=offering.time_zone,
        completed_at=_completed_at(enrollment.id, course.manifest, found),
        ordinal=basis.ordinal if basis else found.held.get(enrollment.id, _Held()).count + 1,
        record=record,
        basis=basis,
    )


def _record(enrollment_id: uuid.UUID, manifest: Mapping[str, Any], found: _Found, *, acknowledged: bool, ended: str) -> Record:
    lessons = {lesson["id"]: online_minutes(lesson["minutes"]) for lesson in lessons_of(manifest)}
    done, hours = found.done.get(enrollment_id, _Done()).minutes, found.hours[enrollment_id]
    exercises = practical_rules.required(manifest)
    return Record(
        lessons_done=len(done),
        lessons=len(lessons),
        minutes_done=sum(done.values()),
        minutes=sum({**lessons, **done}.values()),  # a completed lesson asks for the minutes of the edition it was completed on
        attended=hours.credited,
        to_attend=hours.required,
        ended=ended,
        subjects=frozenset(module["subject"] for module in manifest["modules"]),
        exams=tuple(_exam(exam, found.passed.get((enrollment_id, exam["id"]))) for exam in manifest["exams"]),
        practicals_passed=practical_rules.passed_count(exercises, found.practicals.get(enrollment_id, {})),
        practicals=len(exercises),
        acknowledged=acknowledged,
        demo=found.demo,
        undrawable="",
        earlier=_earlier(found.held.get(enrollment_id, _Held())),
        abbreviates=manifest.get("abbreviates", ""),
        examined=_examined(enrollment_id, manifest, found),
    )


def _examined(enrollment_id: uuid.UUID, manifest: Mapping[str, Any], found: _Found) -> int:
    passed = (exam["minutes"] for exam in manifest["exams"] if (enrollment_id, exam["id"]) in found.passed)
    return sum(passed) if manifest.get("days") else 0


def _exam(exam: Mapping[str, Any], passed: _Passed | None) -> ExamFacts:
    return ExamFacts(
        title=exam["title"],
        proctored=exam["proctored"],
        passed=passed is not None,
        admitted=passed is not None and passed.admitted,
        public=passed is not None and passed.public,
    )


def _earlier(held: _Held) -> Earlier:
    if held.revoked:
        return Earlier.REVOKED
    return Earlier.CERTIFICATE if held.count else Earlier.NOTHING


def _completed_at(enrollment_id: uuid.UUID, manifest: Mapping[str, Any], found: _Found) -> datetime | None:
    """When the last of lessons, exams and practical exercises was finished."""
    passed = [found.passed.get((enrollment_id, exam["id"])) for exam in manifest["exams"]]
    rated, asked = found.practicals.get(enrollment_id, {}), practical_rules.required(manifest)
    moments = [
        found.done.get(enrollment_id, _Done()).last,
        *(one.closed_at for one in passed if one),
        *(one.since for practical_id, one in rated.items() if practical_id in asked),
    ]
    return max((moment for moment in moments if moment), default=None)


def _with_drawing(record: Record, printed: Sequence[str]) -> Record:
    """The record with what the paper's typefaces cannot show."""
    try:
        for text in printed:
            refuse_missing(text)
    except MissingGlyph as refusal:
        return replace(record, undrawable=str(refusal))
    return record
