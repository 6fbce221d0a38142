"""What is known of exams: who may start one, the question shown, the state of an attempt, results."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import BindParameter, and_, bindparam, exists, func, select
from sqlalchemy.orm import Session

from lms.accounts.models import Officer
from lms.accounts.rules import Identity
from lms.enrollments.models import Enrollment, Offering
from lms.exams import corrections, responses, retakes, rules, timing
from lms.exams.correction_rules import key_after
from lms.exams.models import (
    Attempt,
    AttemptAnswer,
    AttemptHead,
    ExamReference,
    ExamResult,
    PaperKey,
    PaperQuestion,
    QuestionView,
    Step,
    WrittenAnswer,
    WrittenScore,
)
from lms.exams.release_rules import Release
from lms.exams.responses import Response
from lms.exams.retakes import Recorded
from lms.exams.rules import AnswerState, Entry, KeyedQuestion, Kind, Policy, Score
from lms.kernel.errors import NotFound
from lms.questions.items import ItemType


class NoSuchAttempt(NotFound):
    """There is no such attempt, or it is not this person's."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """An attempt as its officer sees it: no key anywhere. `due_at` is empty once it is closed."""

    attempt_id: uuid.UUID
    enrollment_id: uuid.UUID
    exam_id: str
    ordinal: int
    officer_name: str
    time_zone: str
    paper_hash: str
    policy: Policy
    started_at: datetime
    due_at: datetime | None
    paused_at: datetime | None
    device: str | None
    answers: Mapping[int, AnswerState]
    seen: frozenset[int]

    @property
    def deadline(self) -> datetime:
        """When the attempt ends, if it is not paused meanwhile."""
        return self.due_at - timing.grace(self.policy) if self.due_at else timing.deadline_at_start(self.started_at, self.policy)

    def is_open(self, now: datetime) -> bool:
        """Whether the attempt is under way at `now`, whatever has been written so far; a paused one is."""
        return timing.is_open(now, self.due_at, self.paused_at)


_ATTEMPT, _HEAD, _ANSWER = Attempt.__table__, AttemptHead.__table__, AttemptAnswer.__table__
_QUESTION, _VIEW, _STEP = PaperQuestion.__table__, QuestionView.__table__, Step.__table__
_OFFICER, _ENROLLMENT, _OFFERING = Officer.__table__, Enrollment.__table__, Offering.__table__
"""What is asked at every question and every save is asked of tables, and made once: see the benchmark before changing that."""

_OWN_ATTEMPT = and_(_ATTEMPT.c.id == bindparam("attempt_id"), _ATTEMPT.c.officer_id == bindparam("officer_id"))
SHEET = (
    select(
        _ATTEMPT.c.enrollment_id,
        _ATTEMPT.c.exam_id,
        _ATTEMPT.c.ordinal,
        _OFFICER.c.name,
        _OFFERING.c.time_zone,
        _ATTEMPT.c.paper_hash,
        _ATTEMPT.c.policy,
        _ATTEMPT.c.created_at,
        _HEAD.c.due_at,
        _HEAD.c.paused_at,
        _HEAD.c.device,
    )
    .join_from(_ATTEMPT, _HEAD, _HEAD.c.attempt_id == _ATTEMPT.c.id)
    .join(_OFFICER, _OFFICER.c.id == _ATTEMPT.c.officer_id)
    .join(_ENROLLMENT, _ENROLLMENT.c.id == _ATTEMPT.c.enrollment_id)
    .join(_OFFERING, _OFFERING.c.id == _ENROLLMENT.c.offering_id)
    .where(_OWN_ATTEMPT)
)
ANSWERS = select(_ANSWER.c.position, _ANSWER.c.revision, _ANSWER.c.response, _ANSWER.c.flagged, _ANSWER.c.at).where(
    _ANSWER.c.attempt_id == bindparam("attempt_id")
)
SEEN = select(_VIEW.c.position).where(_VIEW.c.attempt_id == bindparam("attempt_id"))
QUESTION = select(_QUESTION.c.content).where(
    _QUESTION.c.paper_hash == bindparam("paper_hash"), _QUESTION.c.position == bindparam("position")
)


def sheet(session: Session, *, actor: Identity, attempt_id: uuid.UUID) -> Sheet:
    """The actor's own attempt. Raises NoSuchAttempt, also when it is another officer's. Three statements."""
    row = session.execute(SHEET, {"attempt_id": attempt_id, "officer_id": actor.officer_id}).first()
    if row is None:
        raise NoSuchAttempt("There is no such attempt.")
    enrollment_id, exam_id, ordinal, officer_name, time_zone, paper_hash, policy, started_at, due_at, paused_at, device = row
    return Sheet(
        attempt_id=attempt_id,
        enrollment_id=enrollment_id,
        exam_id=exam_id,
        ordinal=ordinal,
        officer_name=officer_name,
        time_zone=time_zone,
        paper_hash=paper_hash,
        policy=Policy(**policy),
        started_at=started_at,
        due_at=due_at,
        paused_at=paused_at,
        device=device,
        answers=answers_of(session, attempt_id=attempt_id),
        seen=frozenset(session.scalars(SEEN, {"attempt_id": attempt_id})),
    )


def answers_of(session: Session, *, attempt_id: uuid.UUID) -> dict[int, AnswerState]:
    """The newest answers of an attempt, by position."""
    rows = session.execute(ANSWERS, {"attempt_id": attempt_id})
    return {position: AnswerState(revision, response, flagged, at) for position, revision, response, flagged, at in rows}


@dataclass(frozen=True, slots=True)
class OptionShown:
    """One thing that can be chosen, by an id that tells nothing."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class QuestionShown:
    """One question as shown, its options in the paper's order. `text` and `part` are those of its scenario, when it belongs to one."""

    position: int
    stem: str
    content: Mapping[str, Any]

    @property
    def type(self) -> ItemType:
        """What the question asks to do."""
        return responses.type_of(self.content)

    @property
    def choices(self) -> tuple[OptionShown, ...]:
        """What can be chosen, put in order, or matched."""
        return tuple(OptionShown(one["id"], one["text"]) for one in self.content["choices"])

    @property
    def matches(self) -> tuple[OptionShown, ...]:
        """What each choice can be matched with."""
        return tuple(OptionShown(one["id"], one["text"]) for one in self.content.get("matches", ()))

    @property
    def longest(self) -> int:
        """How many characters a typed answer may have."""
        return responses.LONGEST.get(self.type, 0)


def question(session: Session, *, paper_hash: str, position: int) -> QuestionShown:
    """One question of a paper. Raises NoSuchAttempt when the paper has no such position."""
    content = session.scalar(QUESTION, {"paper_hash": paper_hash, "position": position})
    if content is None:
        raise NoSuchAttempt("There is no such question.")
    return QuestionShown(position, content["stem"], content)


def questions(session: Session, *, paper_hash: str) -> list[QuestionShown]:
    """Every question of a paper, in order. One statement."""
    asked = select(_QUESTION.c.position, _QUESTION.c.content).where(_QUESTION.c.paper_hash == paper_hash).order_by(_QUESTION.c.position)
    return [QuestionShown(row.position, row.content["stem"], row.content) for row in session.execute(asked)]


_LAST, _REPLAYED = _STEP.alias(), _STEP.alias()
_LAST_NUMBER = select(func.max(_STEP.c.number)).where(_STEP.c.attempt_id == bindparam("attempt_id")).scalar_subquery()
_POSITION: BindParameter[int] = bindparam("position")
WRITING_POSITION = (
    select(
        _ATTEMPT.c.policy,
        _HEAD.c.due_at,
        _HEAD.c.paused_at,
        _HEAD.c.device,
        _QUESTION.c.content,
        _LAST.c.number,
        _LAST.c.hash,
        _ANSWER.c.revision,
        _ANSWER.c.response,
        _ANSWER.c.flagged,
        _ANSWER.c.at,
        _REPLAYED.c.payload,
        _REPLAYED.c.at,
    )
    .join_from(_ATTEMPT, _HEAD, _HEAD.c.attempt_id == _ATTEMPT.c.id)
    .join(_QUESTION, and_(_QUESTION.c.paper_hash == _ATTEMPT.c.paper_hash, _QUESTION.c.position == _POSITION))
    .join(_LAST, and_(_LAST.c.attempt_id == _ATTEMPT.c.id, _LAST.c.number == _LAST_NUMBER))
    .outerjoin(_ANSWER, and_(_ANSWER.c.attempt_id == _ATTEMPT.c.id, _ANSWER.c.position == _POSITION))
    .outerjoin(_REPLAYED, and_(_REPLAYED.c.attempt_id == _ATTEMPT.c.id, _REPLAYED.c.key == bindparam("key")))
    .where(_OWN_ATTEMPT)
    .with_for_update(of=_ATTEMPT)
)
"""Everything that saving one answer must know, in one statement; the attempt's row is locked where the database can."""


@dataclass(frozen=True, slots=True)
class WritingPosition:
    """The state of one question at the moment of saving, and the head of the attempt's chain."""

    policy: Policy
    due_at: datetime | None
    paused_at: datetime | None
    device: str | None
    content: Mapping[str, Any]
    head_number: int
    head_hash: str
    current: AnswerState
    replayed: Mapping[str, Any] | None
    replayed_at: datetime | None


def writing_position(session: Session, *, attempt_id: uuid.UUID, officer_id: uuid.UUID | None, position: int, key: str) -> WritingPosition:
    """What saving an answer must know. Raises NoSuchAttempt, also when it is another officer's. One statement."""
    values = {"attempt_id": attempt_id, "officer_id": officer_id, "position": position, "key": key}
    row = session.execute(WRITING_POSITION, values).first()
    if row is None:
        raise NoSuchAttempt("There is no such attempt.")
    policy, due_at, paused_at, device, content, number, hash_, revision, response, flagged, at, replayed, replayed_at = row
    return WritingPosition(
        policy=Policy(**policy),
        due_at=due_at,
        paused_at=paused_at,
        device=device,
        content=content,
        head_number=number,
        head_hash=hash_,
        current=AnswerState() if revision is None else AnswerState(revision, response, flagged, at),
        replayed=replayed,
        replayed_at=replayed_at,
    )


def entries(session: Session, *, attempt_id: uuid.UUID) -> list[Entry]:
    """The steps of an attempt, in order, as the rules see them."""
    rows = session.scalars(select(Step).where(Step.attempt_id == attempt_id).order_by(Step.number))
    return [entry_of(row) for row in rows]


def entry_of(step: Step) -> Entry:
    """A step as the rules see it."""
    return Entry(step.number, Kind(step.kind), step.at, str(step.actor_id or ""), step.payload, step.previous, step.hash)


def last_step(session: Session, *, attempt_id: uuid.UUID) -> Step:
    """The newest step of an attempt."""
    return session.scalars(select(Step).where(Step.attempt_id == attempt_id).order_by(Step.number.desc()).limit(1)).one()


def keys(session: Session, *, paper_hash: str) -> list[KeyedQuestion]:
    """The key of a paper as it was published. Only scoring asks for it, and corrects it (R-08)."""
    columns = (PaperKey.position, PaperKey.objective, PaperKey.key, PaperKey.type, PaperKey.points, PaperKey.partial, PaperKey.scored)
    rows = session.execute(select(*columns).where(PaperKey.paper_hash == paper_hash))
    return [KeyedQuestion(*row) for row in rows]


def awarded(session: Session, *, attempt_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[int, int]]:
    """What the marks of the written answers of each attempt come to, by position; only of the texts that stand now."""
    asked = (
        select(WrittenAnswer.attempt_id, WrittenAnswer.position, WrittenScore.points)
        .join(WrittenScore, WrittenScore.answer_id == WrittenAnswer.id)
        .join(
            AttemptAnswer,
            and_(
                AttemptAnswer.attempt_id == WrittenAnswer.attempt_id,
                AttemptAnswer.position == WrittenAnswer.position,
                AttemptAnswer.revision == WrittenAnswer.revision,
            ),
        )
        .where(WrittenAnswer.attempt_id.in_(attempt_ids))
        .order_by(WrittenScore.number)
    )
    found: dict[uuid.UUID, dict[int, int]] = {attempt_id: {} for attempt_id in attempt_ids}
    for attempt_id, position, points in session.execute(asked):
        found[attempt_id][position] = points
    return found


def key_of(session: Session, *, attempt_id: uuid.UUID, paper_hash: str) -> list[KeyedQuestion]:
    """The key that an attempt is scored by: its paper's, with the corrections that are in force (R-08)."""
    found = corrections.in_force(session, attempts={attempt_id: paper_hash})[attempt_id]
    return key_after(keys(session, paper_hash=paper_hash), found)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A closed attempt's result."""

    score: Score
    passed: bool
    closed_at: datetime
    recorded_score: int = 0
    voided: bool = False


def outcome(session: Session, *, shown: Sheet, now: datetime) -> Outcome | None:
    """The result of an attempt; worked out on the spot when its time has passed and nobody has written it yet.

    None while it is open, and while it waits for its result: for marks, or for results to come out.
    """
    stored = session.get(ExamResult, shown.attempt_id)
    if stored is not None:
        by_objective = {name: (int(pair[0]), int(pair[1])) for name, pair in stored.by_objective.items()}
        score = Score(stored.points, stored.out_of, stored.right, stored.asked, by_objective)
        return Outcome(score, stored.passed, stored.closed_at, stored.recorded_score, stored.voided)
    if shown.is_open(now) or shown.due_at is None or Release(shown.policy.release) is not Release.AT_ONCE:
        return None
    keyed = key_of(session, attempt_id=shown.attempt_id, paper_hash=shown.paper_hash)
    if rules.unmarked(shown.answers, keyed, awarded={}):
        return None
    found = rules.score(shown.answers, keyed)
    attempt = session.get_one(Attempt, shown.attempt_id)
    recorded = recorded_score(session, attempt=attempt, policy=shown.policy, score=found)
    return Outcome(found, found.passes(shown.policy.cut_score), shown.deadline, recorded)


def recorded_score(session: Session, *, attempt: Attempt, policy: Policy, score: Score) -> int:
    """The score that stands on the record of an attempt (R-07): a retake is what follows a failure that counts."""
    is_retake = policy.terms.recorded is Recorded.CUT_SCORE and _follows_a_failure(session, attempt)
    passed = score.passes(policy.cut_score)
    return retakes.recorded_score(
        score.thousandths, cut_score=policy.cut_score, passed=passed, is_retake=is_retake, recorded=policy.terms.recorded
    )


def _follows_a_failure(session: Session, attempt: Attempt) -> bool:
    same = (Attempt.enrollment_id == attempt.enrollment_id, Attempt.exam_id == attempt.exam_id, Attempt.ordinal < attempt.ordinal)
    failed = exists().where(ExamResult.attempt_id == Attempt.id, ExamResult.passed.is_(False), ExamResult.voided.is_(False))
    return session.scalar(select(Attempt.id).where(*same, failed).limit(1)) is not None


def due_attempts(session: Session, *, now: datetime, limit: int) -> list[uuid.UUID]:
    """Attempts whose time and grace have passed and that nobody has closed, the longest overdue first."""
    overdue = select(AttemptHead.attempt_id).where(AttemptHead.due_at < now, AttemptHead.paused_at.is_(None))
    asked = overdue.order_by(AttemptHead.due_at).limit(limit)
    return list(session.scalars(asked))


def reference(session: Session, hash_: str) -> str:
    """What an exam lets the officer look up, as stored HTML; empty where there is nothing. No statement then."""
    return (session.scalar(select(ExamReference.html).where(ExamReference.hash == hash_)) or "") if hash_ else ""


def first_gap(shown: Sheet) -> int:
    """The first question without an answer, or the first of all."""
    return next((n for n in range(1, shown.policy.questions + 1) if shown.answers.get(n, AnswerState()).response is None), 1)


def refused(session: Session, *, attempt_id: uuid.UUID, position: int) -> tuple[Response] | None:
    """The response to a question that was refused last, because another window had changed it; None when none was."""
    asked = select(Step.payload).where(Step.attempt_id == attempt_id, Step.kind == Kind.CONFLICTED).order_by(Step.number.desc())
    return next(((rules.response_in(payload),) for payload in session.scalars(asked) if payload["position"] == position), None)


CLOSING_ACTIONS: Final = {
    Kind.SUBMITTED: "handed in an exam",
    Kind.EXPIRED: "closed an exam at its deadline",
    Kind.TERMINATED: "terminated an exam",
}
"""What the audit trail says of each way to close an attempt."""
