"""Immutable revisions of lessons, guides, practicals and courses, the drafts from which lessons grow, and pass marks entered by hand."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base
from lms.db.types import CanonicalJson, Id, UtcDateTime


class LessonRevision(Base):
    """One edition of a lesson, named by the hash of its source, the facts it cites and the renderer; its page is rendered once.

    `outline`: [{"id", "title", "level"}]; `minutes`: {"reading", "instruction", "laboratory", "practice"};
    `objectives`: [{"id", "text"}]; `facts`: ids cited;
    `checks`: [{"id", "objective", "prompt_html", "choices": [{"id", "html"}]}];
    `check_keys`: {check id: {"correct": choice id, "feedback": {choice id: html}}}.
    """

    __tablename__ = "lesson_revision"
    __append_only__ = True

    hash: Mapped[str] = mapped_column(primary_key=True)
    lesson_id: Mapped[str] = mapped_column(index=True)
    title: Mapped[str]
    source: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    outline: Mapped[Any] = mapped_column(CanonicalJson)
    minutes: Mapped[Any] = mapped_column(CanonicalJson)
    objectives: Mapped[Any] = mapped_column(CanonicalJson)
    facts: Mapped[Any] = mapped_column(CanonicalJson)
    checks: Mapped[Any] = mapped_column(CanonicalJson)
    check_keys: Mapped[Any] = mapped_column(CanonicalJson)
    law_as_of: Mapped[str]
    renderer: Mapped[str]
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CourseRevision(Base):
    """One edition of a course, named by the hash of its manifest.

    `manifest`: everything that a class is pinned to: {"number", "id", "title", "program_model", "form", "summary", "hours", "day_minutes"
    (0 without days), "minimum_active_share" (thousandths), "subjects", "law_as_of", "retake_scope",
    "recorded_score", "modules": [{"id", "title", "subject", "day",
    "terminal_objective", "evaluation", "intro_html", "lessons": [{"id", "hash", "guide" (its hash, or empty), "title", "minutes": {...},
    "objectives": [{"id", "text"}]}]}], "days": [{"number", "title", "lessons": [id], "practicals": [id], "exams": [id]}],
    "practicals": [{"id", "title", "hash", "minutes", "day", "objectives": [id], "criteria": [{"id", "text", "points", "critical"}],
    "pass_share" (thousandths of a percent point: 80 is 80000)}],
    "exams": [{"id", "title", "bank", "minutes", "proctored", "cut_score" (thousandths of a percent point: 70.00 is 70000), "retakes",
    "shared_share" (thousandths), "rule", "specification": {objective: count}, "day"}]}. A day is 0 where the course has none. An
    exam also says "difficulty" {level: share}, "right_share", "pilots" and "exposure" {"papers", "most"} where it asks for them,
    and where said "calculator", "full_screen", "reference_html".
    """

    __tablename__ = "course_revision"
    __append_only__ = True
    __table_args__ = (UniqueConstraint("course_id", "number"),)

    hash: Mapped[str] = mapped_column(primary_key=True)
    course_id: Mapped[str] = mapped_column(index=True)
    number: Mapped[int]
    title: Mapped[str]
    program_model: Mapped[str]
    manifest: Mapped[Any] = mapped_column(CanonicalJson)
    note: Mapped[str]
    published_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CourseLesson(Base):
    """Which edition of which lesson stands where in a course revision. `position` counts through the whole course from 1."""

    __tablename__ = "course_lesson"
    __append_only__ = True

    course_hash: Mapped[str] = mapped_column(ForeignKey("course_revision.hash"), primary_key=True)
    lesson_id: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    lesson_hash: Mapped[str] = mapped_column(ForeignKey("lesson_revision.hash"))


class LessonDraft(Base):
    """A saved state of somebody's text for a lesson. Nobody's draft is ever overwritten: each save is a row, numbered by lesson.

    `guide` is the text of the instructor's guide beside it, empty without one.
    `aside`: its author had not seen a newer draft or edition, so it is kept beside the line of drafts and not at its end.
    """

    __tablename__ = "lesson_draft"
    __append_only__ = True
    __table_args__ = (UniqueConstraint("lesson_id", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    lesson_id: Mapped[str]
    number: Mapped[int]
    based_on: Mapped[str] = mapped_column(ForeignKey("lesson_revision.hash"))
    source: Mapped[str] = mapped_column(Text)
    guide: Mapped[str] = mapped_column(Text)
    author_id: Mapped[uuid.UUID] = mapped_column(Id, index=True)
    aside: Mapped[bool]
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LessonGuide(Base):
    """One edition of an instructor's guide, named by the hash of its source, the facts it cites and the renderer."""

    __tablename__ = "lesson_guide"
    __append_only__ = True

    hash: Mapped[str] = mapped_column(primary_key=True)
    lesson_id: Mapped[str] = mapped_column(index=True)
    source: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PracticalRevision(Base):
    """One edition of a practical exercise, named by the hash of its source, the facts it cites, its diagrams and the renderer.

    `content`: {"title", "source", "officer_html", "staff_html", "minutes", "objectives": [id], "pass_share", "facts": [id], "law_as_of",
    "review_by"}; `criteria`: [{"id", "text", "points", "critical"}]. What is for staff is never shown to an officer.
    """

    __tablename__ = "practical_revision"
    __append_only__ = True

    hash: Mapped[str] = mapped_column(primary_key=True)
    practical_id: Mapped[str] = mapped_column(index=True)
    content: Mapped[Any] = mapped_column(CanonicalJson)
    criteria: Mapped[Any] = mapped_column(CanonicalJson)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DiagramRevision(Base):
    """One edition of a drawing, for the preview in the editor; a lesson's page holds its drawings itself."""

    __tablename__ = "diagram_revision"
    __append_only__ = True

    diagram_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    svg: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CourseWithoutMark(Base):
    """An edition of a course that is complete but for a pass mark that nobody has set (R-03). `manifest` as in CourseRevision."""

    __tablename__ = "course_without_mark"
    __append_only__ = True
    __table_args__ = (UniqueConstraint("course_id", "number"),)

    hash: Mapped[str] = mapped_column(primary_key=True)
    course_id: Mapped[str]
    number: Mapped[int]
    manifest: Mapped[Any] = mapped_column(CanonicalJson)
    note: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PassMark(Base):
    """A pass mark that ICE has set for an exam, as somebody entered it: `source` says where ICE says so, `set_on` since when.

    `cut_score` in thousandths of a percent point. The newest row of an exam counts, for editions published from then on.
    """

    __tablename__ = "pass_mark"
    __append_only__ = True
    __table_args__ = (UniqueConstraint("course_id", "exam_id", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    course_id: Mapped[str]
    exam_id: Mapped[str]
    number: Mapped[int]
    cut_score: Mapped[int]
    source: Mapped[str]
    set_on: Mapped[date]
    entered_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
