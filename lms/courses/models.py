"""Immutable revisions of lessons and courses, and the drafts from which lessons grow."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base
from lms.db.types import CanonicalJson, Id, UtcDateTime


class LessonRevision(Base):
    """One edition of a lesson, named by the hash of its source, the facts it cites and the renderer; its page is rendered once.

    `outline`: [{"id", "title", "level"}]; `minutes`: {"reading", "cases", "practice"}; `objectives`: [{"id", "text"}]; `facts`: ids cited;
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

    `manifest`: everything that a class is pinned to: {"number", "id", "title", "program_model", "summary", "hours",
    "minimum_active_share" (thousandths), "subjects", "law_as_of", "modules": [{"id", "title", "subject", "day", "terminal_objective",
    "evaluation", "intro_html", "lessons": [{"id", "hash", "title", "minutes": {...}, "objectives": [{"id", "text"}]}]}],
    "exams": [{"id", "title", "bank", "minutes", "proctored", "cut_score" (thousandths of a percent point: 70.00 is 70000), "retakes",
    "shared_share" (thousandths), "rule", "specification": {objective: count}}]}.
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
    author_id: Mapped[uuid.UUID] = mapped_column(Id, index=True)
    aside: Mapped[bool]
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
