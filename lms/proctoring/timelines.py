"""What happened to one attempt, line by line and in order, in words that stand at a hearing: steps, messages, incidents, requests."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from lms.accounts.models import Officer, User
from lms.accounts.permissions import Permission
from lms.accounts.rules import Identity
from lms.enrollments.models import Enrollment, Offering
from lms.exams import messages, queries
from lms.exams import rules as exams
from lms.exams.models import Admission, AdmissionUse, Attempt, QuestionView
from lms.exams.rules import Entry, Policy
from lms.kernel.errors import NotFound
from lms.proctoring import console_queries, incident_queries, request_queries, timeline_rules
from lms.proctoring.incident_queries import IncidentRow
from lms.proctoring.request_queries import RequestRow
from lms.proctoring.timeline_rules import Line, Setting
from lms.sittings.models import IdentityCheck


class NoSuchAttempt(NotFound):
    """There is no such attempt, or it is not for this person to read about."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything that is known of an attempt. `is_whole`: no step before the newest is missing, added, reordered or altered."""

    attempt_id: uuid.UUID
    enrollment_id: uuid.UUID
    sitting_id: uuid.UUID | None
    officer_name: str
    exam_title: str
    class_title: str
    zone: str
    ordinal: int
    is_closed: bool
    is_voided: bool
    lines: tuple[Line, ...]
    is_whole: bool
    newest_hash: str


def timeline(session: Session, *, actor: Identity, attempt_id: uuid.UUID, now: datetime) -> Timeline:
    """The timeline of an attempt, for those who proctor its sitting, admitted its officer, or decide on appeals."""
    attempt, name, class_title, zone = _attempt(session, actor, attempt_id)
    steps = queries.entries(session, attempt_id=attempt_id)
    state = exams.fold(steps)
    found = (
        incident_queries.incidents_of(session, enrollment_id=attempt.enrollment_id, sitting_id=attempt.sitting_id)
        if attempt.sitting_id
        else []
    )
    asked = request_queries.of_attempt(session, actor=actor, attempt_id=attempt_id, now=now)
    said = messages.history(session, attempt_ids=[attempt_id])
    people = _people(session, steps, said)
    lines = [
        *_steps(steps, people, Setting(Policy(**attempt.policy), zone)),
        *_views(session, attempt_id),
        *_door(session, attempt),
        *_messages(said, people),
        *_incidents(found),
        *_requests(asked),
    ]
    return Timeline(
        attempt_id=attempt.id,
        enrollment_id=attempt.enrollment_id,
        sitting_id=attempt.sitting_id,
        officer_name=name,
        exam_title=attempt.policy["title"],
        class_title=class_title,
        zone=zone,
        ordinal=attempt.ordinal,
        is_closed=state.closed_by is not None,
        is_voided=state.voided,
        lines=tuple(sorted(lines, key=lambda line: (line.at, line.number))),
        is_whole=exams.chain_holds(steps),
        newest_hash=steps[-1].hash if steps else "",
    )


def acts_of(session: Session, *, attempt_id: uuid.UUID, zone: str) -> list[Line]:
    """What was done to an attempt and how it went, without answers: what whoever confirms an act must know. Three statements."""
    steps = queries.entries(session, attempt_id=attempt_id)
    setting = Setting(Policy(**session.get_one(Attempt, attempt_id).policy), zone)
    return [line for line in _steps(steps, _people(session, steps, []), setting) if line.about != "saved"]


def _attempt(session: Session, actor: Identity, attempt_id: uuid.UUID) -> Any:
    admitted = exists().where(
        AdmissionUse.attempt_id == Attempt.id, Admission.id == AdmissionUse.admission_id, Admission.admitted_by == actor.user_id
    )
    asked = (
        select(Attempt, Officer.name, Offering.title, Offering.time_zone)
        .join(Officer, Officer.id == Attempt.officer_id)
        .join(Enrollment, Enrollment.id == Attempt.enrollment_id)
        .join(Offering, Offering.id == Enrollment.offering_id)
        .where(Attempt.id == attempt_id)
    )
    if not actor.may(Permission.EXAM_RULE):
        asked = asked.where(console_queries.named_proctor(actor, Attempt.sitting_id) | admitted)  # type: ignore[arg-type] # an attribute is a column
    row = session.execute(asked).first()
    if row is None:
        raise NoSuchAttempt("There is no such attempt.")
    return row


def _people(session: Session, steps: Iterable[Entry], said: Iterable[messages.MessageRow]) -> Mapping[str, str]:
    ids = {step.actor for step in steps if step.actor} | {str(one.sent_by) for one in said if one.sent_by}
    ids |= {str(step.payload["confirmed_by"]) for step in steps if "confirmed_by" in step.payload}
    rows = session.execute(select(User.id, User.name).where(User.id.in_([uuid.UUID(one) for one in ids])))
    return {str(row.id): row.name for row in rows}


def _steps(steps: Sequence[Entry], people: Mapping[str, str], setting: Setting) -> list[Line]:
    return [
        Line(
            at=step.at,
            number=step.number,
            what=timeline_rules.what(steps, step, setting),
            why=timeline_rules.reason_of(step),
            who=_who(step, people),
            about=timeline_rules.about_of(step.kind),
        )
        for step in steps
    ]


def _who(step: Entry, people: Mapping[str, str]) -> str:
    name = people.get(step.actor, "The system")
    second = people.get(str(step.payload.get("confirmed_by", "")), "")
    return f"{name}, confirmed by {second}" if second else name


def _views(session: Session, attempt_id: uuid.UUID) -> list[Line]:
    rows = session.execute(select(QuestionView.position, QuestionView.at).where(QuestionView.attempt_id == attempt_id))
    return [Line(at, 0, f"Question {position} shown for the first time", about="seen") for position, at in rows]


def _door(session: Session, attempt: Attempt) -> list[Line]:
    """That identity was checked, at the door of the sitting or by the code that opened the exam."""
    admitted = (
        select(Admission.admitted_at, Admission.identity_document, User.name)
        .join(AdmissionUse, AdmissionUse.admission_id == Admission.id)
        .join(User, User.id == Admission.admitted_by)
        .where(AdmissionUse.attempt_id == attempt.id)
    )
    checked = (
        select(IdentityCheck.at, IdentityCheck.identity_document, User.name)
        .join(User, User.id == IdentityCheck.checked_by)
        .where(IdentityCheck.sitting_id == attempt.sitting_id, IdentityCheck.enrollment_id == attempt.enrollment_id)
    )
    rows = session.execute(checked if attempt.sitting_id else admitted)
    return [Line(at, 0, f"Identity checked: {document}", who=name, about="act") for at, document, name in rows]


def _messages(said: Iterable[messages.MessageRow], people: Mapping[str, str]) -> list[Line]:
    lines = []
    for one in said:
        who = people.get(str(one.sent_by), "The system")
        lines.append(
            Line(
                one.at,
                0,
                f"Message to the officer: \N{LEFT DOUBLE QUOTATION MARK}{one.text}\N{RIGHT DOUBLE QUOTATION MARK}",
                who=who,
                about="message",
            )
        )
        if one.acknowledged_at:
            lines.append(Line(one.acknowledged_at, 0, "The officer acknowledged the message", about="message"))
    return lines


def _incidents(found: Iterable[IncidentRow]) -> list[Line]:
    lines = []
    for one in found:
        lines.append(
            Line(
                one.happened_at, 0, f"Incident, {one.kind}: {one.what}", who=one.recorded_by, about="incident", recorded_at=one.recorded_at
            )
        )
        if one.ruled_at:
            lines.append(Line(one.ruled_at, 0, f"Ruling on the incident: {one.ruling}", one.note, one.ruled_by, "incident"))
    return lines


def _requests(found: Iterable[RequestRow]) -> list[Line]:
    lines = []
    for one in found:
        minutes = f", {one.minutes} min" if one.minutes else ""
        lines.append(
            Line(
                one.at,
                0,
                f"Asked for, to be confirmed by a second person: {one.asked}{minutes}",
                f"{one.reason.capitalize()}: {one.note}",
                one.requested_by_name,
                "act",
            )
        )
        if one.decided_at:
            lines.append(Line(one.decided_at, 0, f"Request {one.outcome}: {one.asked}", one.decision_note, one.decided_by_name, "act"))
    return lines
