"""A sitting as its console shows it: one statement for the officers, one for what happened to their attempts, one for open incidents."""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, exists, func, literal_column, select
from sqlalchemy.orm import Session

from lms.accounts.models import Officer
from lms.accounts.permissions import Permission
from lms.accounts.rules import Identity
from lms.agencies.models import Agency
from lms.courses.models import CourseRevision
from lms.enrollments.models import Enrollment, Offering
from lms.exams import rules as exams
from lms.exams import timing
from lms.exams.models import Attempt, AttemptAnswer, AttemptHead, ExamMessage, ExamMessageAcknowledgment, Step
from lms.exams.rules import AttemptState, Entry, Kind, Policy
from lms.kernel.errors import NotFound
from lms.proctoring import rules
from lms.proctoring.incident_queries import IncidentRow, open_incidents
from lms.proctoring.models import ActDecision, ActRequest, SittingClosing
from lms.proctoring.rules import Alarm, Place, Signals
from lms.questions.models import SecurityAgreement
from lms.questions.security_rules import Signature
from lms.sittings import queries as sittings
from lms.sittings.models import (
    IdentityCheck,
    Sitting,
    SittingOfficer,
    SittingPlan,
    SittingProctor,
)


class NoSuchSitting(NotFound):
    """There is no such sitting, or this person is not named to proctor it."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What stands above a console: the exam, the class, the window and the place. `closed_at` is when a proctor closed it."""

    sitting_id: uuid.UUID
    offering_id: uuid.UUID
    exam_id: str
    exam_title: str
    class_title: str
    zone: str
    opens_at: datetime
    closes_at: datetime
    mode: str
    place: str
    closed_at: datetime | None
    cancelled: bool


def named_proctor(actor: Identity, sitting_id: ColumnElement[uuid.UUID]) -> ColumnElement[bool]:
    """Whether the person is named to proctor the sitting, and that has not been ended (R-11)."""
    return exists().where(SittingProctor.sitting_id == sitting_id, SittingProctor.user_id == actor.user_id, sittings.named())


def may_see(actor: Identity, sitting_id: ColumnElement[uuid.UUID]) -> ColumnElement[bool]:
    """Whether somebody may read what happened in a sitting: its named proctors, and whoever decides on appeals."""
    if actor.may(Permission.EXAM_RULE):
        return literal_column("1") == literal_column("1")
    return named_proctor(actor, sitting_id)


def ground(session: Session, *, actor: Identity, sitting_id: uuid.UUID, reading: bool = False) -> Ground:
    """A sitting that the actor proctors; with `reading`, also one to read about only. Raises NoSuchSitting. One statement."""
    asked = (
        select(
            Sitting.id,
            Sitting.offering_id,
            Sitting.exam_id,
            CourseRevision.manifest,
            Offering.title,
            Offering.time_zone,
            SittingPlan.opens_at,
            SittingPlan.closes_at,
            SittingPlan.mode,
            SittingPlan.place,
            SittingClosing.at,
            sittings.cancelled(),
        )
        .join(Offering, Offering.id == Sitting.offering_id)
        .join(CourseRevision, CourseRevision.hash == Offering.course_hash)
        .join(SittingPlan, and_(SittingPlan.sitting_id == Sitting.id, SittingPlan.number == sittings.newest_plan()))
        .outerjoin(SittingClosing, SittingClosing.sitting_id == Sitting.id)
        .where(Sitting.id == sitting_id, may_see(actor, Sitting.id) if reading else named_proctor(actor, Sitting.id))  # type: ignore[arg-type] # an attribute is a column
    )
    row = session.execute(asked).first()
    if row is None:
        raise NoSuchSitting("There is no such sitting, or you are not named as a proctor of it.")
    sitting, offering, exam_id, manifest, class_title, zone, opens_at, closes_at, mode, place, closed_at, cancelled = row
    title = next((str(one["title"]) for one in manifest["exams"] if one["id"] == exam_id), exam_id)
    return Ground(sitting, offering, exam_id, title, class_title, zone, opens_at, closes_at, mode, place, closed_at, bool(cancelled))


# --- The officers ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Card:
    """One officer on the console. Nothing in it depends on the second at which it is asked, but for the alarms.

    `deadline` stands still while the attempt is paused. `version` changes whenever anything of it does.
    """

    enrollment_id: uuid.UUID
    officer_id: uuid.UUID
    officer_name: str
    agency_name: str
    attempt_id: uuid.UUID | None
    place: Place
    deadline: datetime | None
    paused_at: datetime | None
    answered: int
    questions: int
    saved_at: datetime | None
    extra_percent: int
    signals: Signals
    alarms: tuple[Alarm, ...]
    unread: int
    requests: int
    incidents: int

    @property
    def is_urgent(self) -> bool:
        """Whether it rises to the top, whatever the filter."""
        return bool(self.alarms)

    @property
    def is_quiet(self) -> bool:
        """Whether all that calls for attention is that nothing was saved for a while."""
        return self.alarms == (Alarm.QUIET,)

    @property
    def version(self) -> str:
        """A short name of everything that the card says."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:12]

    @property
    def time_factor(self) -> str:
        """The accommodation in the exam's time, as in 1.5; empty where there is none."""
        return f"{(100 + self.extra_percent) / 100:.2f}".rstrip("0").rstrip(".") if self.extra_percent else ""

    def left(self, now: datetime) -> timedelta | None:
        """The time that is left; None where none runs."""
        if self.deadline is None or not self.place.is_open:
            return None
        return max((self.deadline) - (self.paused_at or now), timedelta())


_ANSWERED = AttemptAnswer.attempt_id == Attempt.id
_UNREAD = ~exists().where(ExamMessageAcknowledgment.message_id == ExamMessage.id)
_UNDECIDED = ~exists().where(ActDecision.request_id == ActRequest.id)


def _counted(*where: ColumnElement[bool]) -> Any:
    return select(func.count()).where(*where).correlate(Attempt, SittingOfficer).scalar_subquery()


def _newest_signature(user: Any) -> tuple[Any, Any]:
    newest = select(func.max(SecurityAgreement.signed_at)).where(SecurityAgreement.user_id == user).scalar_subquery()
    edition = select(func.max(SecurityAgreement.edition)).where(SecurityAgreement.user_id == user, SecurityAgreement.signed_at == newest)
    return newest, edition.scalar_subquery()


_USER: BindParameter[uuid.UUID] = bindparam("user_id")
_SITTING: BindParameter[uuid.UUID] = bindparam("sitting_id")
OFFICERS = (
    select(
        SittingOfficer.enrollment_id,
        Officer.id,
        Officer.name,
        Agency.name,
        Attempt.id,
        Attempt.policy,
        AttemptHead.due_at,
        AttemptHead.paused_at,
        _counted(_ANSWERED, AttemptAnswer.response.is_not(None)),
        select(func.max(AttemptAnswer.at)).where(_ANSWERED).correlate(Attempt).scalar_subquery(),
        _counted(IdentityCheck.sitting_id == SittingOfficer.sitting_id, IdentityCheck.enrollment_id == SittingOfficer.enrollment_id),
        _counted(ExamMessage.attempt_id == Attempt.id, _UNREAD),
        _counted(ActRequest.attempt_id == Attempt.id, _UNDECIDED),
        *_newest_signature(_USER),
    )
    .join(Enrollment, Enrollment.id == SittingOfficer.enrollment_id)
    .join(Officer, Officer.id == Enrollment.officer_id)
    .join(Agency, Agency.id == Enrollment.agency_id)
    .outerjoin(Attempt, and_(Attempt.sitting_id == SittingOfficer.sitting_id, Attempt.enrollment_id == SittingOfficer.enrollment_id))
    .outerjoin(AttemptHead, AttemptHead.attempt_id == Attempt.id)
    .where(SittingOfficer.sitting_id == _SITTING, sittings.placed())
    .order_by(Officer.name, SittingOfficer.enrollment_id, Attempt.ordinal)
)
STEPS = (
    select(Step.attempt_id, Step.number, Step.kind, Step.at, Step.actor_id, Step.payload)
    .join_from(Attempt, Step, Step.attempt_id == Attempt.id)
    .where(Attempt.sitting_id == _SITTING, Step.kind != literal_column("'answered'"))
    .order_by(Step.attempt_id, Step.number)
)
"""Everything in the sitting's attempts but the answers: the words in the condition are those of the index that holds them."""


_PRESSING = tuple(Alarm)


@dataclass(frozen=True, slots=True)
class Room:
    """Everything that the console shows of a sitting at one moment."""

    cards: tuple[Card, ...]
    incidents: tuple[IncidentRow, ...]
    signature: Signature | None

    @property
    def mark(self) -> str:
        """A name of everything shown: while it is the same, nothing has changed."""
        return hashlib.sha256(repr((self.cards, self.incidents)).encode()).hexdigest()[:20]

    def shown(self, place: Place | None) -> tuple[Card, ...]:
        """The cards in this place, and the urgent ones before them whatever their place."""
        urgent = tuple(sorted((card for card in self.cards if card.is_urgent), key=lambda card: _PRESSING.index(card.alarms[0])))
        return urgent + tuple(card for card in self.cards if not card.is_urgent and place in {None, card.place})

    def count(self, place: Place) -> int:
        """How many officers are in a place."""
        return sum(card.place is place for card in self.cards)


def room(session: Session, *, actor: Identity, sitting_id: uuid.UUID, now: datetime) -> Room:
    """The sitting at this moment, for one of its named proctors: for everybody else it is empty. Three statements."""
    values = {"sitting_id": sitting_id, "user_id": actor.user_id}
    rows = session.execute(OFFICERS.where(named_proctor(actor, SittingOfficer.sitting_id)), values).all()  # type: ignore[arg-type] # an attribute is a column
    if not rows:
        return Room((), (), None)
    found = states(session, sitting_id)
    incidents = open_incidents(session, sitting_id=sitting_id)
    concerned = [enrollment for one in incidents for enrollment, *_ in one.officers]
    signature = Signature(rows[0][-1], rows[0][-2]) if rows[0][-2] is not None else None
    cards = {row[0]: _card(row, found.get(row[4]), concerned.count(row[0]), now) for row in rows}
    return Room(tuple(cards.values()), tuple(incidents), signature)


def states(session: Session, sitting_id: uuid.UUID) -> dict[uuid.UUID, tuple[AttemptState, Signals, datetime]]:
    """What the attempts of a sitting add up to, without their answers: state, signals, and when the last step was. One statement."""
    found = {}
    rows = session.execute(STEPS, {"sitting_id": sitting_id})
    for attempt_id, steps in groupby(rows, key=lambda row: row[0]):
        entries = [Entry(number, Kind(kind), at, str(who or ""), payload, "", "") for _, number, kind, at, who, payload in steps]
        found[attempt_id] = (exams.fold(entries), rules.signals_of(entries), entries[-1].at)
    return found


def _card(row: Any, state: tuple[AttemptState, Signals, datetime] | None, incidents: int, now: datetime) -> Card:
    enrollment_id, officer_id, name, agency, attempt_id, policy, due_at, paused_at, answered, saved_at, checked, unread, requests, *_ = row
    whole, signals, last_step = state or (None, Signals(), None)
    place = rules.place_of(whole, checked_in=bool(checked), due_at=due_at, now=now)
    last_sign = max((at for at in (saved_at, last_step) if at is not None), default=None)
    return Card(
        enrollment_id=enrollment_id,
        officer_id=officer_id,
        officer_name=name,
        agency_name=agency,
        attempt_id=attempt_id,
        place=place,
        deadline=_deadline(policy, due_at),
        paused_at=paused_at if place is Place.PAUSED else None,
        answered=answered,
        questions=policy["questions"] if policy else 0,
        saved_at=saved_at,
        extra_percent=_extra_percent(policy),
        signals=signals,
        alarms=rules.alarms(place, signals, last_sign=last_sign, incidents=incidents, now=now),
        unread=unread,
        requests=requests,
        incidents=incidents,
    )


def _deadline(policy: Mapping[str, Any] | None, due_at: datetime | None) -> datetime | None:
    return due_at - timing.grace(Policy(**policy)) if policy and due_at else None


def _extra_percent(policy: Mapping[str, Any] | None) -> int:
    if not policy or not policy.get("extra_seconds"):
        return 0
    extra, seconds = int(policy["extra_seconds"]), int(policy["seconds"])
    return round(100 * extra / (seconds - extra))
