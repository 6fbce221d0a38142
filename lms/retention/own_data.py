"""Everything that is recorded about a person, for that person: as data, and as one file with their papers."""

import io
import json
import uuid
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lms.accounts.models import Factor, FactorEnding, Grant, GrantEnding, Officer, PrivacyNotice, User, UserSession
from lms.accounts.rules import Identity
from lms.agencies.models import Agency, Agreement, Membership, Nomination, NominationOutcome
from lms.appeals.models import Appeal, AppealMove, Challenge, ChallengeDecision
from lms.authorizations.models import (
    Authorization,
    AuthorizationMove,
    Complaint,
    ComplaintResolution,
    PropertyReceipt,
    PropertyReturn,
    RefresherRequirement,
    RefresherSettlement,
)
from lms.certificates.models import Certificate, CertificateSecret, Revocation, Seal, Storing
from lms.certificates.numbers import display
from lms.courses.models import CourseRevision
from lms.db.blobs import BlobStore
from lms.enrollments.models import Completion, Enrollment, Offering
from lms.exams.models import Attempt, ExamResult, ExamScoring, Remediation
from lms.influx.models import Declaration, OrderOfficer, PolicyAcknowledgment, TrainingOrder
from lms.notices.models import Notice
from lms.practicals.models import PracticalMark, PracticalRating, PracticalResult
from lms.practicals.queries import is_settled
from lms.questions.models import SecurityAgreement
from lms.retention.own_sittings import about_sittings, sittings_proctored

Asked = Select[*tuple[Any, ...]]
README: Final = """\
This archive holds what is recorded about you. data.json lists it by kind; moments are in UTC. The folder certificates
holds your signed papers. The questions of exams are not in it: they are withheld to keep exams fair. Your answers are
kept and can be asked for in an appeal. If something is wrong, tell the person who runs your program.
"""


def own_data(session: Session, *, identity: Identity, now: datetime) -> dict[str, Any]:
    """What is recorded about the person who asks, by kind. Names of other people stand in it only where they acted on the record."""
    found = {name: _rows(session, asked) for name, asked in _about_account(identity).items()}
    if identity.officer_id is not None:
        officer_id = identity.officer_id
        about = _about_officer(officer_id, identity.email) | _about_training(officer_id) | _about_authority(officer_id)
        about |= about_sittings(officer_id)
        about["orders_on_training"] = _orders_on_training(officer_id)
        found |= {name: _rows(session, asked) for name, asked in about.items()}
        for row in found["certificates"]:
            row["number"] = display(row["number"])
    return {"about": identity.email, "made_at": now.isoformat(), **found}


def archive(session: Session, *, identity: Identity, blobs: BlobStore, now: datetime) -> bytes:
    """The data and the person's certificates as one ZIP file."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("README.txt", README)
        packed.writestr("data.json", json.dumps(own_data(session, identity=identity, now=now), indent=2, ensure_ascii=False))
        for number, digest in _papers(session, identity.officer_id):
            packed.writestr(f"certificates/{display(number)}.pdf", blobs.read(digest))
    return written.getvalue()


def _papers(session: Session, officer_id: uuid.UUID | None) -> Sequence[tuple[str, str]]:
    asked = (
        select(Certificate.number, Seal.digest)
        .join(Seal, Seal.certificate_id == Certificate.id)
        .join(Storing, Storing.certificate_id == Certificate.id)
        .where(Certificate.officer_id == officer_id)
    )
    return [(number, digest) for number, digest in session.execute(asked)]


def _about_account(identity: Identity) -> dict[str, Asked]:
    mine = identity.user_id
    return {
        "account": select(User.name, User.email, User.created_at).where(User.id == mine),
        "roles": select(Grant.role, Agency.name.label("agency"), Grant.effective_at.label("since"), GrantEnding.effective_at.label("until"))
        .outerjoin(Agency, Agency.id == Grant.agency_id)
        .outerjoin(GrantEnding, GrantEnding.grant_id == Grant.id)
        .where(Grant.user_id == mine)
        .order_by(Grant.effective_at),
        "notices_of_privacy_read": select(PrivacyNotice.edition, PrivacyNotice.at).where(PrivacyNotice.user_id == mine),
        "test_security_agreements": select(SecurityAgreement.edition, SecurityAgreement.signed_at).where(SecurityAgreement.user_id == mine),
        "sessions": select(UserSession.browser, UserSession.created_at, UserSession.ended_at).where(UserSession.user_id == mine),
        "second_factors": select(Factor.kind, Factor.name, Factor.created_at, Factor.last_used_at, FactorEnding.at.label("until"))
        .outerjoin(FactorEnding, FactorEnding.factor_id == Factor.id)
        .where(Factor.user_id == mine)
        .order_by(Factor.created_at),
        "sittings_proctored": sittings_proctored(mine),
        "notices": select(Notice.kind, Notice.subject, Notice.written_at).where(Notice.user_id == mine).order_by(Notice.written_at),
    }


def _about_officer(officer_id: uuid.UUID, email: str) -> dict[str, Asked]:
    return {
        "officer": select(Officer.name, Officer.created_at).where(Officer.id == officer_id),
        "agencies": select(Agency.name, Agency.state, Membership.effective_at.label("since"))
        .join(Agency, Agency.id == Membership.agency_id)
        .where(Membership.officer_id == officer_id)
        .order_by(Membership.effective_at),
        "nominations": select(
            Agency.name.label("agency"),
            Agreement.model,
            Nomination.name,
            Nomination.sworn_on,
            Nomination.answers,
            Nomination.consent_by,
            Nomination.consent_on,
            NominationOutcome.outcome,
            NominationOutcome.reason,
            NominationOutcome.at,
        )
        .join(Agreement, Agreement.id == Nomination.agreement_id)
        .join(Agency, Agency.id == Agreement.agency_id)
        .outerjoin(NominationOutcome, NominationOutcome.nomination_id == Nomination.id)
        .where(Nomination.email == email),
    }


def _about_training(officer_id: uuid.UUID) -> dict[str, Asked]:
    return (
        {
            "classes": select(
                Offering.title, CourseRevision.title.label("course"), Offering.starts_on, Offering.ends_on, Enrollment.enrolled_at
            )
            .join(Offering, Offering.id == Enrollment.offering_id)
            .join(CourseRevision, CourseRevision.hash == Offering.course_hash)
            .where(Enrollment.officer_id == officer_id),
            "lessons_completed": select(
                Completion.lesson_id, Completion.lesson_hash, Completion.credited_minutes, Completion.active_seconds, Completion.at
            )
            .join(Enrollment, Enrollment.id == Completion.enrollment_id)
            .where(Enrollment.officer_id == officer_id)
            .order_by(Completion.at),
        }
        | _about_tests(officer_id)
        | _about_rulings(officer_id)
    )


def _about_rulings(officer_id: uuid.UUID) -> dict[str, Asked]:
    return {
        "exams_scored_again": select(
            Attempt.exam_id,
            Attempt.ordinal,
            ExamScoring.number,
            ExamScoring.cause,
            ExamScoring.score.label("score_in_thousandths"),
            ExamScoring.passed,
            ExamScoring.recorded_at,
        )
        .join(Attempt, Attempt.id == ExamScoring.attempt_id)
        .where(Attempt.officer_id == officer_id, ExamScoring.number > 1)
        .order_by(ExamScoring.recorded_at),
        "challenges": select(
            Attempt.exam_id,
            Attempt.ordinal,
            Challenge.position.label("question"),
            Challenge.claim,
            Challenge.made_at,
            ChallengeDecision.outcome,
            ChallengeDecision.reason,
            ChallengeDecision.at.label("decided_at"),
        )
        .join(Attempt, Attempt.id == Challenge.attempt_id)
        .outerjoin(ChallengeDecision, ChallengeDecision.challenge_id == Challenge.id)
        .where(Attempt.officer_id == officer_id)
        .order_by(Challenge.made_at),
        "appeals": select(
            Attempt.exam_id,
            Attempt.ordinal,
            Appeal.outcome.label("appealed"),
            Appeal.statement,
            Appeal.received_at,
            AppealMove.state,
            AppealMove.reason,
            AppealMove.at,
        )
        .join(Attempt, Attempt.id == Appeal.attempt_id)
        .outerjoin(AppealMove, AppealMove.appeal_id == Appeal.id)
        .where(Attempt.officer_id == officer_id)
        .order_by(Appeal.received_at, AppealMove.number),
    }


def _about_tests(officer_id: uuid.UUID) -> dict[str, Asked]:
    return _about_exams(officer_id) | _about_exercises(officer_id) | _about_certificates(officer_id)


def _about_exams(officer_id: uuid.UUID) -> dict[str, Asked]:
    return {
        "exams": select(
            Attempt.exam_id,
            Attempt.ordinal,
            Attempt.created_at.label("started_at"),
            ExamResult.closed_at,
            ExamResult.right,
            ExamResult.asked,
            ExamResult.score.label("score_in_thousandths"),
            ExamResult.recorded_score.label("recorded_score_in_thousandths"),
            ExamResult.passed,
            ExamResult.voided,
            ExamResult.by_objective,
        )
        .outerjoin(ExamResult, ExamResult.attempt_id == Attempt.id)
        .where(Attempt.officer_id == officer_id)
        .order_by(Attempt.created_at),
        "reviews_before_a_retake": select(Attempt.exam_id, Remediation.reviewed, Remediation.minutes, Remediation.held_on)
        .join(Attempt, Attempt.id == Remediation.attempt_id)
        .where(Attempt.officer_id == officer_id)
        .order_by(Remediation.recorded_at),
    }


def _about_exercises(officer_id: uuid.UUID) -> dict[str, Asked]:
    return {
        "practical_exercises": select(
            PracticalResult.practical_id,
            PracticalResult.go,
            PracticalResult.state,
            PracticalResult.earned.label("half_points_earned"),
            PracticalResult.possible.label("half_points_possible"),
            PracticalResult.at,
        )
        .join(Enrollment, Enrollment.id == PracticalResult.enrollment_id)
        .where(Enrollment.officer_id == officer_id)
        .order_by(PracticalResult.at, PracticalResult.go, PracticalResult.number),
        "practical_ratings": select(
            PracticalRating.practical_id,
            PracticalRating.go,
            PracticalRating.held_on,
            PracticalRating.reason.label("corrected_because"),
            PracticalMark.criterion_id,
            PracticalMark.mark,
            PracticalMark.note,
        )
        .join(Enrollment, Enrollment.id == PracticalRating.enrollment_id)
        .join(PracticalMark, PracticalMark.rating_id == PracticalRating.id)
        .where(Enrollment.officer_id == officer_id, is_settled())
        .order_by(PracticalRating.recorded_at, PracticalRating.id, PracticalMark.criterion_id),
    }


def _about_certificates(officer_id: uuid.UUID) -> dict[str, Asked]:
    return {
        "certificates": select(
            Certificate.number,
            CertificateSecret.name,
            Certificate.reserved_at.label("issued_at"),
            Revocation.public_reason.label("revoked_because"),
            Revocation.effective_at.label("revoked_at"),
        )
        .outerjoin(CertificateSecret, CertificateSecret.certificate_id == Certificate.id)
        .outerjoin(Revocation, Revocation.certificate_id == Certificate.id)
        .where(Certificate.officer_id == officer_id),
    }


def _about_authority(officer_id: uuid.UUID) -> dict[str, Asked]:
    """Authorizations and what became of them; of a complaint that there is one and how it ended."""
    own = Authorization.officer_id == officer_id
    return {
        "authorizations": select(
            Authorization.number, Authorization.functions, Authorization.places, Authorization.starts_at, Authorization.ends_at
        ).where(own),
        "authorization_moves": select(
            Authorization.number, AuthorizationMove.kind, AuthorizationMove.reason, AuthorizationMove.note, AuthorizationMove.effective_at
        )
        .join(Authorization, Authorization.id == AuthorizationMove.authorization_id)
        .where(own),
        "property": select(PropertyReceipt.kind, PropertyReceipt.serial, PropertyReceipt.issued_on, PropertyReturn.returned_on)
        .join(Authorization, Authorization.id == PropertyReceipt.authorization_id)
        .outerjoin(PropertyReturn, PropertyReturn.receipt_id == PropertyReceipt.id)
        .where(own),
        "further_training": select(
            RefresherRequirement.title, RefresherRequirement.due_on, RefresherSettlement.outcome, RefresherSettlement.on
        )
        .join(Authorization, Authorization.id == RefresherRequirement.authorization_id)
        .outerjoin(RefresherSettlement, RefresherSettlement.requirement_id == RefresherRequirement.id)
        .where(own),
        "complaints": select(Complaint.effective_at.label("received_at"), ComplaintResolution.outcome)
        .join(Authorization, Authorization.id == Complaint.authorization_id)
        .outerjoin(ComplaintResolution, ComplaintResolution.complaint_id == Complaint.id)
        .where(own),
    }


def _rows(session: Session, asked: Asked) -> list[dict[str, Any]]:
    return [{name: _plain(value) for name, value in row._mapping.items()} for row in session.execute(asked)]  # noqa: SLF001 - the public name of a row's columns


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _orders_on_training(officer_id: uuid.UUID) -> Asked:
    acknowledged = (PolicyAcknowledgment.order_id == OrderOfficer.order_id) & (PolicyAcknowledgment.officer_id == OrderOfficer.officer_id)
    order = (
        Declaration.title.label("declaration"),
        Declaration.drill,
        TrainingOrder.decider,
        TrainingOrder.office,
        TrainingOrder.recorded_at,
    )
    return (
        select(*order, PolicyAcknowledgment.wording.label("acknowledged"), PolicyAcknowledgment.at.label("acknowledged_at"))
        .select_from(OrderOfficer)
        .join(TrainingOrder, TrainingOrder.id == OrderOfficer.order_id)
        .join(Declaration, Declaration.id == TrainingOrder.declaration_id)
        .outerjoin(PolicyAcknowledgment, acknowledged)
        .where(OrderOfficer.officer_id == officer_id)
        .order_by(TrainingOrder.recorded_at)
    )
