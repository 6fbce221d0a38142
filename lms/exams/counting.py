"""Counting what attempts say of each question. Every change of a result leaves a row that waits; the worker counts it."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, astuple
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lms.exams import queries, statistics_rules
from lms.exams.models import Attempt, CountedAttempt, ExamResult, PaperKey, StatisticsWaiting
from lms.exams.statistics_rules import Outcome, Sums
from lms.kernel.ids import new_id
from lms.questions.models import QuestionStatistics

AT_ONCE: Final = 50


def wait(session: Session, *, attempt_id: uuid.UUID) -> None:
    """Remember, with the change itself, that the result of an attempt changed. Nobody waits for the counting."""
    session.add(StatisticsWaiting(id=new_id(), attempt_id=attempt_id))


def waits(session: Session) -> bool:
    """Whether there is anything to count."""
    return session.scalar(select(StatisticsWaiting.id).limit(1)) is not None


def count_waiting(session: Session, *, limit: int = AT_ONCE) -> int:
    """Count attempts whose results changed: what they said before is taken out, what they say now put in. Returns how many changes.

    One process does this at a time. An attempt that was voided or opened again says nothing.
    """
    rows = session.execute(select(StatisticsWaiting.id, StatisticsWaiting.attempt_id).limit(limit)).all()
    session.execute(delete(StatisticsWaiting).where(StatisticsWaiting.id.in_([row.id for row in rows])))
    changes: Counter[Outcome] = Counter()
    for attempt_id in sorted({row.attempt_id for row in rows}):
        _exchange(session, attempt_id, changes)
    _add(session, changes)
    return len(rows)


def _exchange(session: Session, attempt_id: uuid.UUID, changes: Counter[Outcome]) -> None:
    counted = session.get(CountedAttempt, attempt_id)
    changes.subtract(Outcome(*row) for row in (counted.outcomes if counted else ()))
    found = outcomes_of(session, attempt_id=attempt_id)
    changes.update(found)
    session.merge(CountedAttempt(attempt_id=attempt_id, outcomes=[list(astuple(one)) for one in found]))


def outcomes_of(session: Session, *, attempt_id: uuid.UUID) -> list[Outcome]:
    """What an attempt says now of the questions of its paper; nothing while it is open, and when it is void."""
    result = session.get(ExamResult, attempt_id)
    if result is None or result.voided:
        return []
    paper_hash = session.get_one(Attempt, attempt_id).paper_hash
    named = session.execute(select(PaperKey.position, PaperKey.question_hash).where(PaperKey.paper_hash == paper_hash))
    keys = queries.key_of(session, attempt_id=attempt_id, paper_hash=paper_hash)
    answers, awarded = queries.answers_of(session, attempt_id=attempt_id), queries.awarded(session, attempt_ids=[attempt_id])[attempt_id]
    return statistics_rules.outcomes(answers, keys, {row[0]: row[1] for row in named}, awarded=awarded)


def _add(session: Session, changes: Counter[Outcome]) -> None:
    """Put the changes into the sums of their questions."""
    of_question: dict[str, Counter[Outcome]] = defaultdict(Counter)
    for outcome, times in changes.items():
        of_question[outcome.question][outcome] += times
    stored = sums_of(session, sorted(of_question))
    for question, own in sorted(of_question.items()):
        sums = stored.get(question, Sums())
        for outcome, times in own.items():
            sums = sums.plus(outcome, times=times)
        session.merge(QuestionStatistics(question_hash=question, **asdict(sums)))


def sums_of(session: Session, hashes: Sequence[str]) -> dict[str, Sums]:
    """The sums of these questions; those that were never counted are missing."""
    found = QuestionStatistics
    columns = (found.question_hash, found.asked, found.points, found.points_squared, found.rest, found.rest_squared, found.crossed)
    return {row[0]: Sums(*row[1:]) for row in session.execute(select(*columns).where(found.question_hash.in_(hashes)))}
