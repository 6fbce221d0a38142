"""Courses and lessons as shown: frozen rows, in few statements."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import User
from lms.courses.manifest import lessons_of
from lms.courses.models import (
    CourseLesson,
    CourseRevision,
    DiagramRevision,
    LessonDraft,
    LessonGuide,
    LessonRevision,
    PassMark,
    PracticalRevision,
)


@dataclass(frozen=True, slots=True)
class CourseRow:
    """One revision of a course. `manifest` is described in the model."""

    hash: str
    course_id: str
    number: int
    title: str
    program_model: str
    hours: int
    manifest: Mapping[str, Any]
    note: str
    published_by: uuid.UUID | None
    published_at: datetime


@dataclass(frozen=True, slots=True)
class LessonPlace:
    """A lesson's place in the outline of its course. `minutes` is its stated total; `guide` the name of its guide, empty without one."""

    position: int
    id: str
    hash: str
    title: str
    minutes: int
    guide: str = ""


@dataclass(frozen=True, slots=True)
class ModuleOutline:
    """A module with its lessons in order."""

    id: str
    title: str
    day: int
    lessons: tuple[LessonPlace, ...]


@dataclass(frozen=True, slots=True)
class LessonPage:
    """Everything that a lesson's page shows. Checks come without their keys; shares are thousandths."""

    course_hash: str
    course_id: str
    course_title: str
    course_number: int
    minimum_active_share: int
    lesson_id: str
    lesson_hash: str
    title: str
    html: str
    headings: tuple[Mapping[str, Any], ...]
    minutes: Mapping[str, int]
    objectives: tuple[Mapping[str, str], ...]
    checks: tuple[Mapping[str, Any], ...]
    law_as_of: str
    position: int
    module: ModuleOutline
    outline: tuple[ModuleOutline, ...]
    previous: LessonPlace | None
    next: LessonPlace | None

    @property
    def total_minutes(self) -> int:
        return sum(self.minutes.values())


@dataclass(frozen=True, slots=True)
class CheckKey:
    """The right choice of a check, and the feedback to each choice as HTML."""

    correct: str
    feedback: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LessonHead:
    """The newest edition of a lesson, and the head revisions of the courses that hold it."""

    lesson_id: str
    hash: str
    title: str
    source: str
    guide: str
    guide_hash: str
    guide_html: str
    published_at: datetime
    courses: tuple[CourseRow, ...]


@dataclass(frozen=True, slots=True)
class DraftRow:
    """One saved state of a lesson's text."""

    id: uuid.UUID
    lesson_id: str
    number: int
    based_on: str
    source: str
    guide: str
    author_id: uuid.UUID
    author: str
    aside: bool
    saved_at: datetime


def head(session: Session, course_id: str) -> CourseRow | None:
    """The newest revision of a course, or None."""
    return next(iter(_heads(session, CourseRevision.course_id == course_id)), None)


def courses(session: Session) -> tuple[CourseRow, ...]:
    """The newest revision of every course, by title."""
    return tuple(sorted(_heads(session), key=lambda row: row.title))


def revision(session: Session, course_hash: str) -> CourseRow | None:
    """The course revision of that name, or None."""
    found = session.get(CourseRevision, course_hash)
    return None if found is None else _course_row(found)


def revisions(session: Session, course_id: str) -> tuple[CourseRow, ...]:
    """Every revision of a course, newest first."""
    rows = session.scalars(select(CourseRevision).where(CourseRevision.course_id == course_id).order_by(CourseRevision.number.desc()))
    return tuple(_course_row(row) for row in rows)


def _heads(session: Session, *conditions: Any) -> list[CourseRow]:
    newer = aliased(CourseRevision)
    later = select(newer.hash).where(newer.course_id == CourseRevision.course_id, newer.number > CourseRevision.number).exists()
    return [_course_row(row) for row in session.scalars(select(CourseRevision).where(*conditions, ~later))]


def _course_row(row: CourseRevision) -> CourseRow:
    return CourseRow(
        hash=row.hash,
        course_id=row.course_id,
        number=row.number,
        title=row.title,
        program_model=row.program_model,
        hours=row.manifest["hours"],
        manifest=row.manifest,
        note=row.note,
        published_by=row.published_by,
        published_at=row.published_at,
    )


def outline_of(manifest: Mapping[str, Any]) -> tuple[ModuleOutline, ...]:
    """The whole course as modules and lessons, positions counted from 1 in the order in which lessons are taken."""
    positions = {lesson["id"]: position for position, lesson in enumerate(lessons_of(manifest), 1)}
    return tuple(
        ModuleOutline(module["id"], module["title"], module["day"], tuple(_place(lesson, positions) for lesson in module["lessons"]))
        for module in manifest["modules"]
    )


def _place(lesson: Mapping[str, Any], positions: Mapping[str, int]) -> LessonPlace:
    minutes = sum(lesson["minutes"].values())
    return LessonPlace(positions[lesson["id"]], lesson["id"], lesson["hash"], lesson["title"], minutes, lesson.get("guide", ""))


def lesson_page(session: Session, course_hash: str, lesson_id: str) -> LessonPage | None:
    """The page of a lesson as that course revision holds it, or None. One statement."""
    row = session.execute(
        select(
            CourseRevision.manifest,
            LessonRevision.hash,
            LessonRevision.title,
            LessonRevision.html,
            LessonRevision.outline,
            LessonRevision.minutes,
            LessonRevision.objectives,
            LessonRevision.checks,
            LessonRevision.law_as_of,
        )
        .join(CourseLesson, CourseLesson.course_hash == CourseRevision.hash)
        .join(LessonRevision, LessonRevision.hash == CourseLesson.lesson_hash)
        .where(CourseRevision.hash == course_hash, CourseLesson.lesson_id == lesson_id)
    ).one_or_none()
    if row is None:
        return None
    outline = outline_of(row.manifest)
    order = sorted((place for module in outline for place in module.lessons), key=lambda place: place.position)
    at = next(number for number, place in enumerate(order) if place.id == lesson_id)
    return LessonPage(
        course_hash=course_hash,
        course_id=row.manifest["id"],
        course_title=row.manifest["title"],
        course_number=row.manifest["number"],
        minimum_active_share=row.manifest["minimum_active_share"],
        lesson_id=lesson_id,
        lesson_hash=row.hash,
        title=row.title,
        html=row.html,
        headings=tuple(row.outline),
        minutes=row.minutes,
        objectives=tuple(row.objectives),
        checks=tuple(row.checks),
        law_as_of=row.law_as_of,
        position=at + 1,
        module=next(module for module in outline if order[at] in module.lessons),
        outline=outline,
        previous=order[at - 1] if at else None,
        next=order[at + 1] if at + 1 < len(order) else None,
    )


@dataclass(frozen=True, slots=True)
class LessonText:
    """The text of a lesson as its author wrote it."""

    title: str
    source: str


def lesson_text(session: Session, course_hash: str, lesson_id: str) -> LessonText | None:
    """The text of a lesson as that course revision holds it, or None."""
    asked = select(LessonRevision.title, LessonRevision.source).join(CourseLesson, CourseLesson.lesson_hash == LessonRevision.hash)
    row = session.execute(asked.where(CourseLesson.course_hash == course_hash, CourseLesson.lesson_id == lesson_id)).first()
    return None if row is None else LessonText(*row)


def check_key(session: Session, lesson_hash: str, check_id: str) -> CheckKey | None:
    """The key of one check. Only the answering of a check asks for it."""
    keys = session.scalar(select(LessonRevision.check_keys).where(LessonRevision.hash == lesson_hash))
    found = (keys or {}).get(check_id)
    return None if found is None else CheckKey(found["correct"], found["feedback"])


def check_ids(session: Session, lesson_hash: str) -> tuple[str, ...]:
    """The ids of the checks that a lesson edition asks."""
    checks = session.scalar(select(LessonRevision.checks).where(LessonRevision.hash == lesson_hash))
    return tuple(check["id"] for check in checks or [])


def check_ids_elsewhere(session: Session, course_hash: str, *, except_lesson: str) -> dict[str, str]:
    """Check id to lesson id for every other lesson of a course revision."""
    rows = session.execute(
        select(CourseLesson.lesson_id, LessonRevision.checks)
        .join(LessonRevision, LessonRevision.hash == CourseLesson.lesson_hash)
        .where(CourseLesson.course_hash == course_hash, CourseLesson.lesson_id != except_lesson)
    )
    return {check["id"]: row.lesson_id for row in rows for check in row.checks}


def lesson_head(session: Session, lesson_id: str) -> LessonHead | None:
    """The edition of a lesson that the newest courses hold, or None when none does."""
    holding = [row for row in courses(session) if any(place.id == lesson_id for place in _places(row))]
    if not holding:
        return None
    newest = max(holding, key=lambda row: (row.published_at, row.number))
    place = next(place for place in _places(newest) if place.id == lesson_id)
    found = session.get_one(LessonRevision, place.hash)
    guide = session.get_one(LessonGuide, place.guide) if place.guide else None
    return LessonHead(
        lesson_id,
        place.hash,
        found.title,
        found.source,
        guide.source if guide else "",
        place.guide,
        guide.html if guide else "",
        found.published_at,
        tuple(holding),
    )


def _places(row: CourseRow) -> Iterable[LessonPlace]:
    return (place for module in outline_of(row.manifest) for place in module.lessons)


def newest_draft(session: Session, lesson_id: str, *, based_on: str) -> DraftRow | None:
    """The end of the line of drafts on the edition `based_on`; those kept aside are not in the line."""
    in_line = (LessonDraft.lesson_id == lesson_id, LessonDraft.based_on == based_on, LessonDraft.aside.is_(False))
    return next(iter(_drafts(session, *in_line, limit=1)), None)


def draft(session: Session, draft_id: uuid.UUID) -> DraftRow | None:
    """One draft, or None."""
    return next(iter(_drafts(session, LessonDraft.id == draft_id, limit=1)), None)


def drafts(session: Session, lesson_id: str, *, limit: int = 20) -> tuple[DraftRow, ...]:
    """The latest drafts of a lesson, newest first, those kept aside included."""
    return _drafts(session, LessonDraft.lesson_id == lesson_id, limit=limit)


def _drafts(session: Session, *conditions: Any, limit: int) -> tuple[DraftRow, ...]:
    rows = session.execute(
        select(LessonDraft, User.name)
        .outerjoin(User, User.id == LessonDraft.author_id)
        .where(*conditions)
        .order_by(LessonDraft.number.desc())
        .limit(limit)
    )
    return tuple(_draft_row(row.LessonDraft, row.name) for row in rows)


def _draft_row(row: LessonDraft, author: str | None) -> DraftRow:
    return DraftRow(
        row.id, row.lesson_id, row.number, row.based_on, row.source, row.guide, row.author_id, author or "Somebody", row.aside, row.saved_at
    )


def lessons_with_drafts(session: Session) -> frozenset[tuple[str, str]]:
    """(lesson id, edition) for each edition on which somebody has saved a draft."""
    rows = session.execute(select(LessonDraft.lesson_id, LessonDraft.based_on).where(LessonDraft.aside.is_(False)).distinct())
    return frozenset((row.lesson_id, row.based_on) for row in rows)


def diagrams(session: Session) -> dict[str, str]:
    """The newest edition of every drawing, by id."""
    newer = aliased(DiagramRevision)
    later = select(newer.number).where(newer.diagram_id == DiagramRevision.diagram_id, newer.number > DiagramRevision.number).exists()
    return {row.diagram_id: row.svg for row in session.execute(select(DiagramRevision.diagram_id, DiagramRevision.svg).where(~later))}


def pass_marks(session: Session, course_id: str) -> dict[str, int]:
    """Exam id to the pass mark that was entered last for it, in thousandths of a percent point."""
    rows = session.execute(select(PassMark.exam_id, PassMark.cut_score).where(PassMark.course_id == course_id).order_by(PassMark.number))
    return {row.exam_id: row.cut_score for row in rows}


@dataclass(frozen=True, slots=True)
class PracticalPage:
    """An edition of a practical exercise. `staff_html` is for role players and raters, and for nobody else."""

    id: str
    hash: str
    title: str
    minutes: int
    objectives: tuple[str, ...]
    pass_share: int
    law_as_of: str
    officer_html: str
    staff_html: str
    criteria: tuple[Mapping[str, Any], ...]


def practical(session: Session, name: str) -> PracticalPage | None:
    """The edition of a practical exercise that is called `name`, or None."""
    found = session.get(PracticalRevision, name)
    if found is None:
        return None
    content = found.content
    return PracticalPage(
        found.practical_id,
        found.hash,
        content["title"],
        content["minutes"],
        tuple(content["objectives"]),
        content["pass_share"],
        content["law_as_of"],
        content["officer_html"],
        content["staff_html"],
        tuple(found.criteria),
    )


def practical_head(session: Session, practical_id: str) -> PracticalPage | None:
    """The edition of a practical exercise that the newest courses hold, or None when none does."""
    newest = sorted(courses(session), key=lambda row: row.published_at, reverse=True)
    names = (one["hash"] for row in newest for one in row.manifest.get("practicals", ()) if one["id"] == practical_id)
    return next((practical(session, name) for name in names), None)
