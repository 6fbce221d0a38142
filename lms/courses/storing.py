"""Putting editions away: lessons with their guides, practicals, drawings, and revisions of courses. What is there already stays."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.audit.service import Actor, record
from lms.courses.edition import Edition, PracticalEdition
from lms.courses.manifest import Manifest, lessons_of, name_of, without_mark
from lms.courses.markdown import RENDERER
from lms.courses.models import (
    CourseLesson,
    CourseRevision,
    CourseWithoutMark,
    DiagramRevision,
    LessonGuide,
    LessonRevision,
    PracticalRevision,
)
from lms.courses.queries import CourseRow, diagrams

FIRST_NOTE = "First edition"


@dataclass(frozen=True, slots=True)
class Published:
    """The newest revision of a course after publishing, and whether it is new.

    `unmarked`: the exams for which nobody has set a pass mark, so that nothing was published; `number` is 0 when nothing ever was.
    """

    course_id: str
    hash: str
    number: int
    changed: bool
    unmarked: tuple[str, ...] = ()


def keep_lesson(session: Session, edition: Edition, *, now: datetime) -> None:
    """Store the edition and its guide unless they are stored already: going back to an old text is the old edition again."""
    lesson, guide = edition.lesson, edition.guide
    if lesson is None:
        return
    if guide is not None and session.get(LessonGuide, guide.hash) is None:
        session.add(LessonGuide(hash=guide.hash, lesson_id=lesson.id, source=guide.source, html=guide.html, published_at=now))
    if session.get(LessonRevision, edition.hash) is not None:
        return
    session.add(
        LessonRevision(
            hash=edition.hash,
            lesson_id=lesson.id,
            title=lesson.title,
            source=edition.source,
            html=edition.rendered.html,
            outline=[heading.content() for heading in edition.rendered.outline],
            minutes=lesson.minutes.content(),
            objectives=[{"id": objective.id, "text": objective.text} for objective in lesson.objectives],
            facts=list(edition.rendered.cited),
            checks=list(edition.rendered.checks),
            check_keys=edition.rendered.check_keys,
            law_as_of=lesson.law_as_of.isoformat(),
            renderer=RENDERER,
            published_at=now,
        )
    )
    session.flush()


def keep_practical(session: Session, edition: PracticalEdition, *, now: datetime) -> None:
    """Store the edition of a practical unless it is stored already."""
    practical = edition.practical
    if practical is None or session.get(PracticalRevision, edition.hash) is not None:
        return
    content = {
        "title": practical.title,
        "source": edition.source,
        "officer_html": edition.officer_html,
        "staff_html": edition.staff_html,
        "minutes": practical.minutes,
        "objectives": list(practical.objectives),
        "pass_share": practical.pass_share,
        "facts": list(edition.facts),
        "law_as_of": practical.law_as_of.isoformat(),
        "review_by": practical.review_by.isoformat(),
    }
    criteria = [criterion.content() for criterion in practical.criteria]
    session.add(PracticalRevision(hash=edition.hash, practical_id=practical.id, content=content, criteria=criteria, published_at=now))
    session.flush()


def keep_diagrams(session: Session, found: Mapping[str, str], *, now: datetime) -> None:
    """Store every drawing that differs from its newest edition."""
    known = diagrams(session)
    counted = select(DiagramRevision.diagram_id, func.max(DiagramRevision.number)).group_by(DiagramRevision.diagram_id)
    numbers = {row[0]: int(row[1]) for row in session.execute(counted)}
    session.add_all(
        DiagramRevision(diagram_id=identity, number=numbers.get(identity, 0) + 1, svg=svg, published_at=now)
        for identity, svg in found.items()
        if known.get(identity) != svg
    )
    session.flush()


def keep_without_mark(session: Session, *, manifest: Manifest, newest: CourseRow | None, note: str, now: datetime) -> Published:
    """Put away a course that is complete but for a pass mark (R-03). It is published when somebody enters what ICE has set."""
    course_id = manifest["id"]
    numbers = select(func.max(CourseWithoutMark.number)).where(CourseWithoutMark.course_id == course_id)
    number = (session.scalar(numbers) or 0) + 1
    last = session.scalar(
        select(CourseWithoutMark.manifest).where(CourseWithoutMark.course_id == course_id, CourseWithoutMark.number == number - 1)
    )
    if last != manifest:
        name = name_of({**manifest, "number": number})
        session.add(
            CourseWithoutMark(hash=name, course_id=course_id, number=number, manifest=manifest, note=note or FIRST_NOTE, recorded_at=now)
        )
        session.flush()
    unmarked = tuple(exam["title"] for exam in without_mark(manifest))
    return Published(course_id, newest.hash if newest else "", newest.number if newest else 0, changed=False, unmarked=unmarked)


def new_revision(session: Session, *, actor: Actor, manifest: Manifest, newest: CourseRow | None, note: str, now: datetime) -> Published:
    """Make `manifest` the newest revision of its course; nothing happens when it already is."""
    if newest is not None and {**manifest, "number": newest.number} == newest.manifest:
        return Published(newest.course_id, newest.hash, newest.number, changed=False)
    number = 1 if newest is None else newest.number + 1
    numbered = {**manifest, "number": number}
    name = name_of(numbered)
    session.add(
        CourseRevision(
            hash=name,
            course_id=manifest["id"],
            number=number,
            title=manifest["title"],
            program_model=manifest["program_model"],
            manifest=numbered,
            note=note or FIRST_NOTE,
            published_by=actor.user_id,
            published_at=now,
        )
    )
    session.flush()
    session.add_all(
        CourseLesson(course_hash=name, lesson_id=entry["id"], position=position, lesson_hash=entry["hash"])
        for position, entry in enumerate(lessons_of(manifest), start=1)
    )
    record(
        session,
        actor=actor,
        action="published a course revision",
        object_type="course",
        object_id=manifest["id"],
        now=now,
        reason=note or FIRST_NOTE,
        details={"hash": name, "number": number, "before": newest.hash if newest else None},
    )
    session.flush()
    return Published(manifest["id"], name, number, changed=True)
