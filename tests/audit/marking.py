"""The acts about written answers and results that wait, each a valid call by the one whose act it is."""

import uuid
from collections.abc import Callable

from sqlalchemy.orm import Session

from tests.audit.stage import Act, Scene, Stage
from tests.support.browser import Visitor
from tests.support.cast import Cast, cast_of
from tests.support.factories import a_class, a_course, an_enrollment
from tests.support.marking import a_held_result, a_turn, a_written_answer


def acts(who: str, make: Callable[[Session, Stage, Cast], str], **fields: object) -> Scene:
    """Something done by one of the cast at the address that `make` gives."""

    def scene(stage: Stage) -> Act:
        def furnish(session: Session) -> tuple[Cast, str]:
            cast = cast_of(session, now=stage.clock.now())
            return cast, make(session, stage, cast)

        cast, path = stage.made(furnish)
        return Act(Visitor(stage.app).signs_in_as(getattr(cast, who)), path, fields)

    return scene


def enrolled(session: Session, stage: Stage, cast: Cast) -> tuple[uuid.UUID, uuid.UUID]:
    """An officer's enrollment, and its class."""
    now = stage.clock.now()
    offering_id = a_class(session, now=now, course_hash=a_course(session, now=now, course="written"), title="Written")
    return an_enrollment(session, person=cast.officer, offering_id=offering_id, now=now), offering_id


def waiting(session: Session, stage: Stage, cast: Cast) -> str:
    a_written_answer(session, enrollment_id=enrolled(session, stage, cast)[0], now=stage.clock.now())
    return "/grading/turns"


def opened(session: Session, stage: Stage, cast: Cast) -> str:
    answer_id = a_written_answer(session, enrollment_id=enrolled(session, stage, cast)[0], now=stage.clock.now())
    turn_id = a_turn(session, answer_id=answer_id, marker_id=cast.instructor.user_id, now=stage.clock.now())
    return f"/grading/turns/{turn_id}/mark"


def held(session: Session, stage: Stage, cast: Cast) -> str:
    enrollment_id, offering_id = enrolled(session, stage, cast)
    a_held_result(session, enrollment_id=enrollment_id, now=stage.clock.now())
    return f"/offerings/{offering_id}/exams/held-exam/release"


POINTS: dict[str, object] = {"points-apart": "2", "points-step": "1", "comment": "Half a step."}
MARKING: dict[str, tuple[Scene, tuple[str, ...]]] = {
    "grading.take": (acts("instructor", waiting), ("opened a written answer to mark it",)),
    "grading.mark": (acts("instructor", opened, **POINTS), ("marked a written answer",)),
    "grading.set_release": (
        acts("program_officer", held, released_on="2026-12-01", reason="When the last class has sat it"),
        ("set when exam results come out",),
    ),
}
"""Endpoint: how it is called rightly, and the entries that this leaves."""
