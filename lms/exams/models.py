"""Papers, admissions, attempts and their steps. Steps are the truth; the other attempt tables can be rebuilt from them."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text, true
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base
from lms.db.types import CanonicalJson, Id, UtcDateTime


class Paper(Base):
    """The questions one officer gets, drawn from (specification, seed) and frozen by hash. The seed never leaves the server.

    `specification` holds everything else that the draw was made from: see `papers.Recipe`. Drawing it again gives the same paper.
    """

    __tablename__ = "paper"
    __append_only__ = True
    __table_args__ = (Index("ix_paper_exam_id_drawn_at", "exam_id", "drawn_at"),)

    hash: Mapped[str] = mapped_column(primary_key=True)
    exam_id: Mapped[str]
    bank_hash: Mapped[str] = mapped_column(ForeignKey("bank_revision.hash"))
    seed: Mapped[str]
    specification: Mapped[Any] = mapped_column(CanonicalJson)
    drawn_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PaperQuestion(Base):
    """One question as the officer sees it: no key, rationale or order.

    `content`: {"stem", "choices": [{"id" (opaque), "text"}]}; by type also "type", "matches", "unit", "most" and, of a scenario, "text",
    "part" and "parts". Single choice is what says no type.
    """

    __tablename__ = "paper_question"
    __append_only__ = True

    paper_hash: Mapped[str] = mapped_column(ForeignKey("paper.hash"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[Any] = mapped_column(CanonicalJson)


class PaperKey(Base):
    """What is right in one question of a paper. Only scoring loads it: no page that an officer sees does.

    `key` by type: a choice's id; several, sorted; ids in order; {left id: right id}; {"value", "tolerance"}; {"accepted": [...]};
    {"rubric": {criterion: points}}. `points` in thousandths of a point; `partial`: part of them can be earned. A question that is only
    being tried out is not `scored`.
    """

    __tablename__ = "paper_key"
    __append_only__ = True

    paper_hash: Mapped[str] = mapped_column(ForeignKey("paper.hash"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    question_hash: Mapped[str] = mapped_column(ForeignKey("question_revision.hash"), index=True)
    objective: Mapped[str]
    key: Mapped[Any] = mapped_column(CanonicalJson)
    type: Mapped[str]
    points: Mapped[int]
    partial: Mapped[bool]
    scored: Mapped[bool] = mapped_column(default=True, server_default=true())


class CountedAttempt(Base):
    """Projection: what one attempt adds to the statistics, so that it can be taken out again when it is scored anew or voided.

    `outcomes`: [[question hash, points, share of the rest of the exam]], both in thousandths.
    """

    __tablename__ = "counted_attempt"

    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    outcomes: Mapped[Any] = mapped_column(CanonicalJson)


class StatisticsWaiting(Base):
    """That the result of an attempt changed and the statistics do not say so yet. One row for each change: none is overlooked."""

    __tablename__ = "statistics_waiting"

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempt.id"))


class Admission(Base):
    """A proctor's single-use leave to start one exam, after checking identity. Only the digest of its code is kept."""

    __tablename__ = "admission"
    __append_only__ = True

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    enrollment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrollment.id"), index=True)
    exam_id: Mapped[str]
    code_digest: Mapped[str]
    identity_document: Mapped[str]
    admitted_by: Mapped[uuid.UUID] = mapped_column(Id)
    admitted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AdmissionUse(Base):
    """The one use of an admission: its key makes a second one impossible."""

    __tablename__ = "admission_use"
    __append_only__ = True

    admission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admission.id"), primary_key=True)
    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempt.id"), unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class AdmissionFailure(Base):
    """A wrong code typed: enough of them close the door for a while."""

    __tablename__ = "admission_failure"

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    enrollment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrollment.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class TicketUse(Base):
    """The one use of a ticket of a sitting: its key makes a second one impossible."""

    __tablename__ = "ticket_use"
    __append_only__ = True

    ticket_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempt.id"), unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class PreparedPaper(Base):
    """A paper drawn ahead for one officer. It is taken at the start if it still fits; otherwise another one is drawn."""

    __tablename__ = "prepared_paper"
    __append_only__ = True

    paper_hash: Mapped[str] = mapped_column(ForeignKey("paper.hash"), primary_key=True)
    enrollment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrollment.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Attempt(Base):
    """One go at one paper, under a sitting where there is one.

    `policy` is the exam's rule as it stood at the start: {"title", "seconds", "grace_seconds", "cut_score", "retakes", "questions", ...}:
    see `Policy`.
    """

    __tablename__ = "attempt"
    __append_only__ = True
    __table_args__ = (UniqueConstraint("enrollment_id", "exam_id", "ordinal"),)

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    enrollment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrollment.id"), index=True)
    officer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("officer.id"), index=True)
    agency_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agency.id"), index=True)
    sitting_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("sitting.id"), index=True)
    exam_id: Mapped[str]
    ordinal: Mapped[int]
    paper_hash: Mapped[str] = mapped_column(ForeignKey("paper.hash"), unique=True)
    policy: Mapped[Any] = mapped_column(CanonicalJson)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


_TOLD = text("kind != 'answered'")
"""A console asks every two seconds for everything but the answers, which are the most: see `lms/proctoring/console_queries.py`."""


class Step(Base):
    """One recorded thing in an attempt, chained by hash to the one before. The key (attempt, number) admits one next step only."""

    __tablename__ = "step"
    __append_only__ = True
    __table_args__ = (
        Index("uq_step_key", "attempt_id", "key", unique=True),
        Index("ix_step_told", "attempt_id", "number", sqlite_where=_TOLD, postgresql_where=_TOLD),
    )

    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    payload: Mapped[Any] = mapped_column(CanonicalJson)
    key: Mapped[str | None]
    previous: Mapped[str]
    hash: Mapped[str]


class AttemptHead(Base):
    """Projection: when somebody must look at the attempt next. `due_at` is empty once it is closed.

    While it is paused, `due_at` stands still and moves on when it is resumed. `device` is the digest of the secret
    that the writing browser holds: empty once a proctor released it, until the next browser takes it; none where none was ever bound.
    """

    __tablename__ = "attempt_head"

    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    device: Mapped[str | None]


class AttemptAnswer(Base):
    """Projection: the newest answer and flag of one question. `revision` counts its changes; `response`: see `lms/exams/responses.py`."""

    __tablename__ = "attempt_answer"

    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    revision: Mapped[int]
    response: Mapped[Any] = mapped_column(CanonicalJson, nullable=True)
    flagged: Mapped[bool]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class QuestionView(Base):
    """That a question of a paper was shown, and when first (R-10: every view of exam content is logged)."""

    __tablename__ = "question_view"
    __append_only__ = True

    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ExamMessage(Base):
    """A message to the officer while an attempt runs. It stays on the page until the officer acknowledges it."""

    __tablename__ = "exam_message"
    __append_only__ = True

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempt.id"), index=True)
    text: Mapped[str]
    sent_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ExamMessageAcknowledgment(Base):
    """That the officer has read a message: its key makes a second acknowledgment impossible."""

    __tablename__ = "exam_message_acknowledgment"
    __append_only__ = True

    message_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("exam_message.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ExamReference(Base):
    """What an exam lets the officer look up, as stored HTML named by its hash. A policy holds the hash only: it is read at every save."""

    __tablename__ = "exam_reference"
    __append_only__ = True

    hash: Mapped[str] = mapped_column(primary_key=True)
    html: Mapped[str]
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ExamScoring(Base):
    """One scoring of an attempt; the newest counts. `cause` says why it was scored: closed (again), marked, scored anew, voided.

    `points` of `out_of` in thousandths of a point; `right` counts the questions that earned all of theirs. `by_objective`:
    {objective: [right, asked]}; `score` in thousandths of a percent point, cut, never rounded up. `recorded_score` is what stands on the
    record where the policy says so (R-07).
    """

    __tablename__ = "exam_scoring"
    __append_only__ = True

    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    cause: Mapped[str]
    right: Mapped[int]
    asked: Mapped[int]
    points: Mapped[int]
    out_of: Mapped[int]
    score: Mapped[int]
    recorded_score: Mapped[int]
    passed: Mapped[bool]
    by_objective: Mapped[Any] = mapped_column(CanonicalJson)
    closed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CorrectionEffect(Base):
    """What a correction did to an attempt that was closed before it: the scoring it led to; none where the released result stands.

    Where it stands, the correction does not touch the attempt: scoring it again gives the same result.
    """

    __tablename__ = "correction_effect"
    __append_only__ = True

    correction_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("question_correction.id"), primary_key=True)
    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempt.id"), primary_key=True, index=True)
    scoring: Mapped[int | None]


class Remediation(Base):
    """What an instructor reviewed with an officer after a failed attempt, before the retake. Several add up; none is changed."""

    __tablename__ = "remediation"
    __append_only__ = True

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempt.id"), index=True)
    reviewed: Mapped[str]
    minutes: Mapped[int]
    held_on: Mapped[date]
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ExamResult(Base):
    """Projection: the newest scoring of a closed attempt; none while it is open. A voided one neither passes nor counts as a try."""

    __tablename__ = "exam_result"

    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    number: Mapped[int]
    voided: Mapped[bool]
    recorded_score: Mapped[int]
    right: Mapped[int]
    asked: Mapped[int]
    points: Mapped[int]
    out_of: Mapped[int]
    score: Mapped[int]
    passed: Mapped[bool]
    by_objective: Mapped[Any] = mapped_column(CanonicalJson)
    closed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class WrittenAnswer(Base):
    """That a written answer of a closed attempt is to be marked. A marker's page shows nothing of whose it is.

    `revision` is that of the text; an attempt that is opened again and changed gives another one.
    """

    __tablename__ = "written_answer"
    __append_only__ = True
    __table_args__ = (UniqueConstraint("attempt_id", "position", "revision"),)

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempt.id"), index=True)
    position: Mapped[int]
    revision: Mapped[int]
    waits_since: Mapped[datetime] = mapped_column(UtcDateTime)


class WrittenScore(Base):
    """What a written answer earned, in thousandths of a point, once its marks stand. The newest counts; `cause` says why there is one."""

    __tablename__ = "written_score"
    __append_only__ = True

    answer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("written_answer.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    points: Mapped[int]
    cause: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ResultWait(Base):
    """Projection: a closed attempt without a result. `unmarked` written answers are missing; at 0 it waits to be released."""

    __tablename__ = "result_wait"

    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    offering_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offering.id"), index=True)
    unmarked: Mapped[int]
    closed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ResultRelease(Base):
    """When the results of an exam come out in a class, where the program sets the date. The newest counts."""

    __tablename__ = "result_release"
    __append_only__ = True

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    offering_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offering.id"), index=True)
    exam_id: Mapped[str]
    released_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str]
    set_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
