"""What is recorded around an attempt, by the columns that are told: its sitting, what proctors saw and did, messages and marks."""

import uuid
from typing import Any, Final

from sqlalchemy import Select, and_, exists, select
from sqlalchemy.orm import Session, aliased

from lms.exams.models import Attempt, ExamMessage, ExamMessageAcknowledgment, TicketUse, WrittenAnswer, WrittenScore
from lms.grading.models import MarkingTurn, WrittenMark
from lms.proctoring.models import ActDecision, ActRequest, Incident, IncidentOfficer, IncidentRuling, SittingAct, SittingClosing
from lms.sitting_reports.models import SittingPaper
from lms.sittings.models import (
    IdentityCheck,
    SittingOfficer,
    SittingOfficerRemoval,
    SittingPlan,
    SittingProctor,
    SittingProctorEnd,
    Ticket,
    TicketRevocation,
)

Asked = Select[*tuple[Any, ...]]
PEOPLE: Final = (
    *("planned_by", "proctor", "named_by", "ended_by", "placed_by", "removed_by", "checked_by", "issued_by", "revoked_by", "done_by"),
    *("ruled_by", "requested_by", "sent_by", "marker", "closed_by"),
)
"""The columns below that name somebody by id."""


def around(attempt: Attempt) -> dict[str, Asked]:
    """Everything around an attempt that is not its own steps, paper and scores; what belongs to a sitting is empty without one."""
    return _messages(attempt.id) | _marks(attempt.id) | _sitting(attempt) | _door(attempt) | _seen(attempt)


def _messages(attempt_id: uuid.UUID) -> dict[str, Asked]:
    read = ExamMessageAcknowledgment
    return {
        "messages": select(ExamMessage.text, ExamMessage.sent_by, ExamMessage.at, read.at.label("acknowledged_at"))
        .outerjoin(read, read.message_id == ExamMessage.id)
        .where(ExamMessage.attempt_id == attempt_id)
        .order_by(ExamMessage.at, ExamMessage.id),
        "requests": select(
            ActRequest.asked,
            ActRequest.minutes,
            ActRequest.reason,
            ActRequest.note,
            ActRequest.requested_by,
            ActRequest.at,
            ActDecision.outcome,
            ActDecision.note.label("said"),
            ActDecision.decided_by,
            ActDecision.at.label("decided_at"),
        )
        .outerjoin(ActDecision, ActDecision.request_id == ActRequest.id)
        .where(ActRequest.attempt_id == attempt_id)
        .order_by(ActRequest.at, ActRequest.id),
    }


def _marks(attempt_id: uuid.UUID) -> dict[str, Asked]:
    mark, place = WrittenMark, (WrittenAnswer.position, WrittenAnswer.revision)
    own = WrittenAnswer.attempt_id == attempt_id
    return {
        "marking_turns": select(*place, MarkingTurn.marker_id.label("marker"), MarkingTurn.at)
        .join(WrittenAnswer, WrittenAnswer.id == MarkingTurn.answer_id)
        .where(own)
        .order_by(MarkingTurn.at, MarkingTurn.id),
        "marks": select(*place, mark.number, mark.marker_id.label("marker"), mark.points, mark.second_wanted, mark.recorded_at)
        .add_columns(mark.by_criterion, mark.comment)
        .join(WrittenAnswer, WrittenAnswer.id == mark.answer_id)
        .where(own)
        .order_by(WrittenAnswer.position, WrittenAnswer.revision, mark.number),
        "awarded": select(*place, WrittenScore.number, WrittenScore.points, WrittenScore.cause, WrittenScore.at)
        .join(WrittenAnswer, WrittenAnswer.id == WrittenScore.answer_id)
        .where(own)
        .order_by(WrittenAnswer.position, WrittenAnswer.revision, WrittenScore.number),
    }


def _sitting(attempt: Attempt) -> dict[str, Asked]:
    end = SittingProctorEnd
    is_end = and_(end.sitting_id == SittingProctor.sitting_id, end.user_id == SittingProctor.user_id, end.number == SittingProctor.number)
    return {
        "sitting_plans": select(
            SittingPlan.number,
            SittingPlan.opens_at,
            SittingPlan.closes_at,
            SittingPlan.mode,
            SittingPlan.place,
            SittingPlan.networks,
            SittingPlan.seb_keys,
            SittingPlan.reason,
            SittingPlan.planned_by,
            SittingPlan.at,
        )
        .where(SittingPlan.sitting_id == attempt.sitting_id)
        .order_by(SittingPlan.number),
        "proctors": select(
            SittingProctor.user_id.label("proctor"), SittingProctor.named_by, SittingProctor.at, end.at.label("ended_at"), end.ended_by
        )
        .add_columns(end.reason)
        .outerjoin(end, is_end)
        .where(SittingProctor.sitting_id == attempt.sitting_id)
        .order_by(SittingProctor.at, SittingProctor.user_id),
        "closing": select(SittingClosing.closed_by, SittingClosing.at, SittingPaper.digest.label("paper"))
        .outerjoin(SittingPaper, SittingPaper.sitting_id == SittingClosing.sitting_id)
        .where(SittingClosing.sitting_id == attempt.sitting_id),
    }


def _door(attempt: Attempt) -> dict[str, Asked]:
    gone = SittingOfficerRemoval
    is_gone = and_(
        gone.sitting_id == SittingOfficer.sitting_id,
        gone.enrollment_id == SittingOfficer.enrollment_id,
        gone.number == SittingOfficer.number,
    )
    return {
        "places": select(SittingOfficer.placed_by, SittingOfficer.at, gone.removed_by, gone.at.label("removed_at"), gone.reason)
        .outerjoin(gone, is_gone)
        .where(SittingOfficer.sitting_id == attempt.sitting_id, SittingOfficer.enrollment_id == attempt.enrollment_id)
        .order_by(SittingOfficer.number),
        "identity_checks": select(IdentityCheck.identity_document, IdentityCheck.checked_by, IdentityCheck.at)
        .where(IdentityCheck.sitting_id == attempt.sitting_id, IdentityCheck.enrollment_id == attempt.enrollment_id)
        .order_by(IdentityCheck.number),
        "tickets": select(
            Ticket.issued_by,
            Ticket.issued_at,
            TicketUse.at.label("used_at"),
            TicketRevocation.at.label("revoked_at"),
            TicketRevocation.revoked_by,
            TicketRevocation.reason,
        )
        .outerjoin(TicketUse, TicketUse.ticket_id == Ticket.id)
        .outerjoin(TicketRevocation, TicketRevocation.ticket_id == Ticket.id)
        .where(Ticket.sitting_id == attempt.sitting_id, Ticket.enrollment_id == attempt.enrollment_id)
        .order_by(Ticket.issued_at, Ticket.id),
    }


def _seen(attempt: Attempt) -> dict[str, Asked]:
    mine = and_(IncidentOfficer.incident_id == Incident.id, IncidentOfficer.enrollment_id == attempt.enrollment_id)
    anybody = aliased(IncidentOfficer)
    whole_room = ~exists().where(anybody.incident_id == Incident.id)
    return {
        "incidents": select(
            Incident.kind,
            Incident.what,
            Incident.happened_at,
            Incident.recorded_by,
            Incident.recorded_at,
            IncidentOfficer.question,
            IncidentRuling.ruling,
            IncidentRuling.note,
            IncidentRuling.ruled_by,
            IncidentRuling.at.label("ruled_at"),
        )
        .outerjoin(IncidentOfficer, mine)
        .outerjoin(IncidentRuling, IncidentRuling.incident_id == Incident.id)
        .where(Incident.sitting_id == attempt.sitting_id, IncidentOfficer.incident_id.is_not(None) | whole_room)
        .order_by(Incident.happened_at, Incident.id),
    }


def acts_on(session: Session, attempt: Attempt) -> list[tuple[SittingAct, bool, str]]:
    """The acts of proctors that were meant for this officer, whether each was done, and what was said; nothing of others. One statement."""
    asked = select(SittingAct).where(SittingAct.sitting_id == attempt.sitting_id).order_by(SittingAct.at, SittingAct.id)
    return [
        (act, bool(one["done"]), str(one["said"]))
        for act in session.scalars(asked)
        for one in act.outcomes
        if one["enrollment"] == str(attempt.enrollment_id)
    ]
