"""A lesson as one officer sees it, in the edition that the class is pinned to."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.rules import Identity
from lms.courses import queries as courses
from lms.courses.models import LessonRevision
from lms.courses.queries import LessonPage
from lms.enrollments.lessons import lesson_queries, queries, rules
from lms.enrollments.lessons.lesson_queries import Answered
from lms.enrollments.lessons.queries import LessonRow, ModuleRow, Training
from lms.enrollments.lessons.rules import ClassState, Gate

SOURCES = '<h2 id="part-sources">'
"""Where the list of sources begins in a stored page: the checks of understanding stand before it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A lesson as one officer sees it: the page, the answers given with what was said to them, the time spent and the gates."""

    training: Training
    module: ModuleRow
    lesson: LessonRow
    page: LessonPage
    given: Mapping[str, Answered]
    feedback: Mapping[str, str]
    spent: int
    gates: tuple[Gate, ...]

    @property
    def is_closed(self) -> bool:
        """Whether the lesson may not be read yet."""
        return self.lesson.is_locked or self.training.class_state is ClassState.NOT_STARTED

    @property
    def required(self) -> int:
        """Seconds that must be actively spent."""
        return rules.required_seconds(minutes=self.lesson.online, share=self.training.share)

    @property
    def law_as_of(self) -> date:
        return date.fromisoformat(self.page.law_as_of)

    @property
    def text(self) -> str:
        """The page without its list of sources."""
        return self.page.html.partition(SOURCES)[0]

    @property
    def sources(self) -> str:
        """The list of sources that ends the page; empty when it cites none."""
        return "".join(self.page.html.partition(SOURCES)[1:])

    @property
    def may_complete(self) -> bool:
        return all(gate.met for gate in self.gates)

    def neighbor(self, steps: int) -> LessonRow | None:
        """The lesson so many steps before or after this one, unless it is locked."""
        at = self.lesson.position + steps
        return next((row for row in self.training.lessons if row.position == at and not row.is_locked), None)


def reading(session: Session, *, actor: Identity, enrollment_id: uuid.UUID, lesson_id: str, now: datetime) -> Reading | None:
    """A lesson of one of the actor's own courses, in the edition that the class is pinned to. At most six statements."""
    own = queries.training(session, actor=actor, enrollment_id=enrollment_id, now=now)
    page = None if own is None else courses.lesson_page(session, own.course_hash, lesson_id)
    if own is None or page is None:
        return None
    lesson = own.lessons[page.position - 1]
    given = lesson_queries.answers(session, enrollment_id=enrollment_id, lesson_id=lesson_id)
    spent = lesson_queries.seconds_spent(session, enrollment_id=enrollment_id, lesson_id=lesson_id)
    return Reading(
        training=own,
        module=own.module_of(lesson),
        lesson=lesson,
        page=page,
        given=given,
        feedback=feedback(session, lesson_hash=page.lesson_hash, given=given),
        spent=spent,
        gates=rules.completion_gates(
            checks=[check["id"] for check in page.checks],
            right={check for check, answer in given.items() if answer.passed},
            seconds=spent,
            minutes=lesson.online,
            share=own.share,
        ),
    )


def feedback(session: Session, *, lesson_hash: str, given: Mapping[str, Answered]) -> dict[str, str]:
    """What is said to the answers that were `given`, by check. Nothing of any other choice, and no key, leaves this function."""
    if not given:
        return {}
    keys = session.scalar(select(LessonRevision.check_keys).where(LessonRevision.hash == lesson_hash)) or {}
    said = {check: keys[check]["feedback"].get(answer.choice_id) for check, answer in given.items() if check in keys}
    return {check: text for check, text in said.items() if text is not None}  # an answer to an earlier edition may be no choice of this one
