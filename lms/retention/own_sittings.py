"""What is recorded about a person around their exams: accommodations, places in sittings, messages, incidents, what was done, marks."""

import uuid
from typing import Any, Final

from sqlalchemy import Select, and_, exists, select

from lms.enrollments.models import Enrollment
from lms.exams.models import Attempt, ExamMessage, ExamMessageAcknowledgment, ExamResult, Step, WrittenAnswer, WrittenScore
from lms.exams.rules import Kind
from lms.proctoring.models import Incident, IncidentOfficer, IncidentRuling
from lms.sittings.models import (
    Accommodation,
    AccommodationEnd,
    IdentityCheck,
    Sitting,
    SittingOfficer,
    SittingOfficerRemoval,
    SittingPlan,
    SittingProctor,
)
from lms.sittings.queries import newest_plan

Asked = Select[*tuple[Any, ...]]
ANSWERS: Final = (Kind.ANSWERED, Kind.CONFLICTED)


def about_sittings(officer_id: uuid.UUID) -> dict[str, Asked]:
    """By kind. Of an incident that there was one and how it was ruled on: its words may be about others."""
    return {
        "accommodations": _accommodations(officer_id),
        "places_in_sittings": _places(officer_id),
        "identity_checks": select(Sitting.exam_id, IdentityCheck.identity_document, IdentityCheck.at)
        .join(Sitting, Sitting.id == IdentityCheck.sitting_id)
        .join(Enrollment, Enrollment.id == IdentityCheck.enrollment_id)
        .where(Enrollment.officer_id == officer_id)
        .order_by(IdentityCheck.at),
        "messages_in_exams": select(
            Attempt.exam_id, Attempt.ordinal, ExamMessage.text, ExamMessage.at, ExamMessageAcknowledgment.at.label("read_at")
        )
        .join(Attempt, Attempt.id == ExamMessage.attempt_id)
        .outerjoin(ExamMessageAcknowledgment, ExamMessageAcknowledgment.message_id == ExamMessage.id)
        .where(Attempt.officer_id == officer_id)
        .order_by(ExamMessage.at),
        "incidents": select(Incident.kind, Incident.happened_at, Incident.recorded_at, IncidentOfficer.question, IncidentRuling.ruling)
        .join(IncidentOfficer, IncidentOfficer.incident_id == Incident.id)
        .join(Enrollment, Enrollment.id == IncidentOfficer.enrollment_id)
        .outerjoin(IncidentRuling, IncidentRuling.incident_id == Incident.id)
        .where(Enrollment.officer_id == officer_id)
        .order_by(Incident.happened_at),
        "steps_of_exams": select(Attempt.exam_id, Attempt.ordinal, Step.number, Step.kind, Step.at)
        .join(Attempt, Attempt.id == Step.attempt_id)
        .where(Attempt.officer_id == officer_id, Step.kind.not_in(ANSWERS))
        .order_by(Step.at, Step.number),
        "written_answers_marked": _marked(officer_id),
    }


def sittings_proctored(user_id: uuid.UUID | None) -> Asked:
    """The sittings that a person was named to proctor."""
    named = select(Sitting.exam_id, SittingProctor.at.label("named_at")).join(SittingProctor, SittingProctor.sitting_id == Sitting.id)
    return named.where(SittingProctor.user_id == user_id).order_by(SittingProctor.at)


def _accommodations(officer_id: uuid.UUID) -> Asked:
    return (
        select(
            Accommodation.time_percent,
            Accommodation.extra_minutes,
            Accommodation.rest_minutes,
            Accommodation.category,
            Accommodation.approved_by,
            Accommodation.starts_at,
            Accommodation.ends_at,
            AccommodationEnd.at.label("ended_at"),
            AccommodationEnd.reason.label("ended_because"),
        )
        .outerjoin(AccommodationEnd, AccommodationEnd.accommodation_id == Accommodation.id)
        .where(Accommodation.officer_id == officer_id)
        .order_by(Accommodation.starts_at)
    )


def _places(officer_id: uuid.UUID) -> Asked:
    gone = SittingOfficerRemoval
    is_gone = and_(
        gone.sitting_id == SittingOfficer.sitting_id,
        gone.enrollment_id == SittingOfficer.enrollment_id,
        gone.number == SittingOfficer.number,
    )
    return (
        select(
            Sitting.exam_id,
            SittingPlan.opens_at,
            SittingPlan.closes_at,
            SittingPlan.place,
            SittingOfficer.at,
            gone.at.label("taken_back_at"),
        )
        .join(Sitting, Sitting.id == SittingOfficer.sitting_id)
        .join(SittingPlan, and_(SittingPlan.sitting_id == Sitting.id, SittingPlan.number == newest_plan()))
        .join(Enrollment, Enrollment.id == SittingOfficer.enrollment_id)
        .outerjoin(gone, is_gone)
        .where(Enrollment.officer_id == officer_id)
        .order_by(SittingOfficer.at)
    )


def _marked(officer_id: uuid.UUID) -> Asked:
    """What written answers were worth, of exams whose results are out."""
    is_out = exists().where(ExamResult.attempt_id == Attempt.id)
    worth = (WrittenScore.points.label("points_in_thousandths"), WrittenScore.cause, WrittenScore.at)
    return (
        select(Attempt.exam_id, Attempt.ordinal, WrittenAnswer.position.label("question"), *worth)
        .join(WrittenAnswer, WrittenAnswer.attempt_id == Attempt.id)
        .join(WrittenScore, WrittenScore.answer_id == WrittenAnswer.id)
        .where(Attempt.officer_id == officer_id, is_out)
        .order_by(WrittenScore.at, WrittenAnswer.position)
    )
