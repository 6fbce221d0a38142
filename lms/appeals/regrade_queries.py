"""What scoring again would do, read from what was recorded; and the requests for it. Reading changes no row."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from string import ascii_uppercase
from typing import Any, Final

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import Officer, User
from lms.agencies.models import Agency
from lms.appeals import regrade_rules as rules
from lms.appeals.models import RegradeDecision, RegradeRequest
from lms.appeals.regrade_rules import Closed, Figures, Line, Question
from lms.enrollments.models import Enrollment, Offering
from lms.exams import corrections, responses
from lms.exams import queries as exams
from lms.exams.correction_rules import Corrected, CorrectionKind
from lms.exams.models import Attempt, AttemptAnswer, ExamResult, Paper, PaperKey, PaperQuestion
from lms.exams.rules import AnswerState, KeyedQuestion, Policy
from lms.kernel.errors import NotFound
from lms.questions.items import ItemType
from lms.questions.models import QuestionCorrection, QuestionRevision

PER_PAGE: Final = 50
SHOWN: Final = 20
ONE_RIGHT: Final = frozenset({ItemType.SINGLE, ItemType.TRUE_FALSE})
"""Types of question whose key can be corrected; any can be excluded."""


class NoSuchQuestion(NotFound):
    """There is no such question revision."""


class NoSuchRequest(NotFound):
    """There is no such request to score again."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be done to a question revision, and whether a result that would fall stands."""

    question_hash: str
    kind: CorrectionKind
    accepted: tuple[int, ...]
    hold_harmless: bool

    @property
    def letters(self) -> str:
        """The choices that are to count as right, as the question's page letters them; empty where the key is not corrected."""
        return ", ".join(ascii_uppercase[place] for place in self.accepted)


@dataclass(frozen=True, slots=True)
class QuestionSeen:
    """A question revision with its content: only for who may see exam content (R-10)."""

    hash: str
    question_id: str
    objective: str
    stem: str
    choices: tuple[str, ...]
    published_at: datetime
    state: Question
    papers: int


def question(session: Session, *, question_hash: str) -> QuestionSeen:
    """One question revision, what counts as right in it, and how many papers hold it. Raises NoSuchQuestion. Three statements."""
    row = session.get(QuestionRevision, question_hash)
    if row is None:
        raise NoSuchQuestion("There is no such question.")
    newest = session.scalars(
        select(QuestionCorrection)
        .where(QuestionCorrection.question_hash == question_hash)
        .order_by(QuestionCorrection.recorded_at.desc(), QuestionCorrection.id.desc())
        .limit(1)
    ).first()
    papers = session.scalar(select(func.count()).where(PaperKey.question_hash == question_hash)) or 0
    return _seen(row, newest, papers)


def _seen(row: QuestionRevision, newest: QuestionCorrection | None, papers: int) -> QuestionSeen:
    choices: list[Mapping[str, Any]] = row.content["choices"] if row.content.get("type", ItemType.SINGLE) in ONE_RIGHT else []
    right = tuple(place for place, choice in enumerate(choices) if choice.get("correct"))
    kind = CorrectionKind(newest.kind) if newest else None
    state = Question(len(choices), right, kind, tuple(newest.accepted) if newest else ())
    texts = tuple(str(choice["text"]) for choice in choices)
    return QuestionSeen(row.hash, row.question_id, row.objective, str(row.content["stem"]), texts, row.published_at, state, papers)


def revisions(session: Session, *, question_id: str) -> list[tuple[str, str, datetime, int]]:
    """(hash, permanent id, published at, papers) of the revisions of a question, the newest first. One statement."""
    papers = select(func.count()).where(PaperKey.question_hash == QuestionRevision.hash).scalar_subquery()
    asked = select(QuestionRevision.hash, QuestionRevision.question_id, QuestionRevision.published_at, papers)
    asked = asked.where(QuestionRevision.question_id == question_id).order_by(QuestionRevision.published_at.desc(), QuestionRevision.hash)
    return [(hash_, named, at, count) for hash_, named, at, count in session.execute(asked.limit(SHOWN))]


def answered(session: Session, *, attempt_id: uuid.UUID, position: int) -> str:
    """The text of what the officer chose at a question; empty without an answer. Only for who may see exam content. Two statements."""
    given = session.scalar(select(AttemptAnswer.response).where(AttemptAnswer.attempt_id == attempt_id, AttemptAnswer.position == position))
    asked = select(PaperQuestion.content).join(Attempt, Attempt.paper_hash == PaperQuestion.paper_hash)
    content = session.scalars(asked.where(Attempt.id == attempt_id, PaperQuestion.position == position)).one()
    return "" if given is None else responses.in_words(content, given)


# --- The dry run ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Concerned:
    """Whose attempt a line of the picture is about."""

    officer: str
    agency: str
    class_title: str
    exam: str
    ordinal: int
    closed_at: datetime
    time_zone: str
    enrollment_id: uuid.UUID
    cut_score: int


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a change would do: the lines, those who flip first, whom each is about, and the name of the whole picture."""

    lines: tuple[Line, ...]
    whose: Mapping[uuid.UUID, Concerned]
    digest: str
    under_way: int
    fault: str

    @property
    def gained(self) -> int:
        return sum(line.flip is rules.Flip.GAINED for line in self.lines)

    @property
    def lost(self) -> int:
        return sum(line.flip is rules.Flip.LOST for line in self.lines)

    @property
    def changed(self) -> int:
        return sum(line.changes for line in self.lines)

    @property
    def standing(self) -> int:
        return sum(line.stands for line in self.lines)


def dry_run(session: Session, change: Change) -> DryRun:
    """Score every closed attempt that the change touches again, on the side: nothing is written (invariant 16).

    Attempts that were voided stay void and are left out. Seven statements for 500 attempts.
    """
    whose, closed = closed_attempts(session, change)
    lines = rules.picture(closed, hold_harmless=change.hold_harmless)
    name = rules.digest(lines, kind=change.kind, accepted=change.accepted, hold_harmless=change.hold_harmless)
    order = {rules.Flip.LOST: 0, rules.Flip.GAINED: 1, rules.Flip.NONE: 2}
    lines.sort(key=lambda line: (order[line.flip], not line.changes, whose[line.attempt_id].officer, str(line.attempt_id)))
    return DryRun(tuple(lines), whose, name, _under_way(session, change.question_hash), rules.fault_of_picture(lines))


def _under_way(session: Session, question_hash: str) -> int:
    asked = (
        select(func.count())
        .select_from(Attempt)
        .join(PaperKey, PaperKey.paper_hash == Attempt.paper_hash)
        .outerjoin(ExamResult, ExamResult.attempt_id == Attempt.id)
        .where(PaperKey.question_hash == question_hash, ExamResult.attempt_id.is_(None))
    )
    return session.scalar(asked) or 0


def closed_attempts(session: Session, change: Change) -> tuple[dict[uuid.UUID, Concerned], list[Closed]]:
    """The attempts that hold the question and the same officers' other attempts at the same exam, as the replay sees them."""
    rows = _rows(session, change.question_hash)
    attempts = {attempt.id: attempt.paper_hash for attempt, *_ in rows}
    whose = {attempt.id: _concerned(attempt, result, *names) for attempt, result, *names in rows}
    key, places = _keys(session, list(attempts.values()), change)
    answers, before = _answers(session, list(attempts)), corrections.in_force(session, attempts=attempts)
    awarded = _awarded(session, list(attempts))
    closed = [
        Closed(
            attempt_id=attempt.id,
            enrollment_id=attempt.enrollment_id,
            exam_id=attempt.exam_id,
            ordinal=attempt.ordinal,
            policy=Policy(**attempt.policy),
            answers=answers[attempt.id],
            awarded=awarded[attempt.id],
            key=key[attempt.paper_hash],
            corrections=before[attempt.id],
            change=places[attempt.paper_hash],
            before=Figures(result.points, result.out_of, result.score, result.recorded_score, result.passed),
        )
        for attempt, result, *_ in rows
    ]
    return whose, closed


def _rows(session: Session, question_hash: str) -> Sequence[Any]:
    """The counted attempts at an exam by an officer of whom at least one held the question."""
    other = aliased(Attempt)
    touched = (
        select(other.id)
        .join(PaperKey, PaperKey.paper_hash == other.paper_hash)
        .where(PaperKey.question_hash == question_hash, other.enrollment_id == Attempt.enrollment_id, other.exam_id == Attempt.exam_id)
    )
    return session.execute(
        select(Attempt, ExamResult, Officer.name, Agency.name, Offering.title, Offering.time_zone)
        .join(ExamResult, and_(ExamResult.attempt_id == Attempt.id, ExamResult.voided.is_(False)))
        .join(Officer, Officer.id == Attempt.officer_id)
        .join(Agency, Agency.id == Attempt.agency_id)
        .join(Enrollment, Enrollment.id == Attempt.enrollment_id)
        .join(Offering, Offering.id == Enrollment.offering_id)
        .where(touched.exists())
    ).all()


def _concerned(attempt: Attempt, result: ExamResult, officer: str, agency: str, title: str, zone: str) -> Concerned:
    policy = attempt.policy
    return Concerned(
        officer, agency, title, policy["title"], attempt.ordinal, result.closed_at, zone, attempt.enrollment_id, policy["cut_score"]
    )


def _keys(
    session: Session, papers: Sequence[str], change: Change
) -> tuple[Mapping[str, list[KeyedQuestion]], Mapping[str, dict[int, Corrected]]]:
    """The published key of each paper, and where the question stands in it, corrected."""
    key: defaultdict[str, list[KeyedQuestion]] = defaultdict(list)
    places: defaultdict[str, dict[int, Corrected]] = defaultdict(dict)
    for some in _parts(papers):
        for row, seed in session.execute(
            select(PaperKey, Paper.seed).join(Paper, Paper.hash == PaperKey.paper_hash).where(PaperKey.paper_hash.in_(some))
        ):
            key[row.paper_hash].append(KeyedQuestion(row.position, row.objective, row.key, row.type, row.points, row.partial, row.scored))
            if row.question_hash == change.question_hash:
                places[row.paper_hash][row.position] = corrections.corrected(
                    change.kind, change.accepted, question_hash=row.question_hash, seed=seed
                )
    return key, places


def _answers(session: Session, attempt_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, dict[int, AnswerState]]:
    found: defaultdict[uuid.UUID, dict[int, AnswerState]] = defaultdict(dict)
    for some in _parts(attempt_ids):
        for row in session.scalars(select(AttemptAnswer).where(AttemptAnswer.attempt_id.in_(some))):
            found[row.attempt_id][row.position] = AnswerState(row.revision, row.response, row.flagged, row.at)
    return found


def _awarded(session: Session, attempt_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, dict[int, int]]:
    found: dict[uuid.UUID, dict[int, int]] = {}
    for some in _parts(attempt_ids):
        found.update(exams.awarded(session, attempt_ids=some))
    return found


def _parts(values: Sequence[Any]) -> list[Sequence[Any]]:
    return [values[first : first + corrections.AT_ONCE] for first in range(0, len(values), corrections.AT_ONCE)]


# --- Requests -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request to score again, and what became of it. `applied` is empty while it waits."""

    id: uuid.UUID
    question_id: str
    change: Change
    reason: str
    digest: str
    challenge_id: uuid.UUID | None
    requested_by: uuid.UUID
    requester: str
    at: datetime
    applied: bool | None
    decider: str
    decision: str
    decided_at: datetime | None


def requests(session: Session, *, page: int) -> list[RequestRow]:
    """The requests, those that wait first, then the newest."""
    waits = RegradeDecision.request_id.is_(None).desc()
    asked = _requests().order_by(waits, RegradeRequest.at.desc(), RegradeRequest.id)
    return [_request(row) for row in session.execute(asked.limit(PER_PAGE).offset((page - 1) * PER_PAGE))]


def request_count(session: Session) -> int:
    """How many requests there are."""
    return session.scalar(select(func.count()).select_from(RegradeRequest)) or 0


def request(session: Session, *, request_id: uuid.UUID) -> RequestRow:
    """One request. Raises NoSuchRequest."""
    row = session.execute(_requests().where(RegradeRequest.id == request_id)).first()
    if row is None:
        raise NoSuchRequest("There is no such request.")
    return _request(row)


def waiting_for(session: Session, *, user_id: uuid.UUID | None) -> int:
    """How many requests of others wait for this person's word."""
    decided = select(RegradeDecision.request_id).where(RegradeDecision.request_id == RegradeRequest.id)
    asked = select(func.count()).select_from(RegradeRequest).where(~decided.exists(), RegradeRequest.requested_by != user_id)
    return session.scalar(asked) or 0


def _requests() -> Any:
    asker, decider = aliased(User), aliased(User)
    return (
        select(RegradeRequest, QuestionRevision.question_id, asker.name, RegradeDecision, decider.name)
        .join(QuestionRevision, QuestionRevision.hash == RegradeRequest.question_hash)
        .join(asker, asker.id == RegradeRequest.requested_by)
        .outerjoin(RegradeDecision, RegradeDecision.request_id == RegradeRequest.id)
        .outerjoin(decider, decider.id == RegradeDecision.decided_by)
    )


def _request(row: Any) -> RequestRow:
    made, question_id, requester, decision, decider = row
    return RequestRow(
        id=made.id,
        question_id=question_id,
        change=Change(made.question_hash, CorrectionKind(made.kind), tuple(made.accepted), made.hold_harmless),
        reason=made.reason,
        digest=made.digest,
        challenge_id=made.challenge_id,
        requested_by=made.requested_by,
        requester=requester,
        at=made.at,
        applied=None if decision is None else decision.correction_id is not None,
        decider=decider or "",
        decision=decision.reason if decision else "",
        decided_at=decision.at if decision else None,
    )
