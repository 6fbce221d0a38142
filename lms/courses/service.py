"""Publishing courses, saving drafts and publishing lessons. Texts arrive rendered: nothing here renders."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.audit.service import Actor, record
from lms.courses.edition import Edition
from lms.courses.lesson import Lesson
from lms.courses.manifest import Manifest, lessons_of, manifest_of, total_minutes, with_lesson, with_marks, without_mark
from lms.courses.models import LessonDraft, LessonRevision
from lms.courses.queries import (
    CourseRow,
    DraftRow,
    LessonHead,
    check_ids_elsewhere,
    draft,
    head,
    lesson_head,
    newest_draft,
    pass_marks,
    revisions,
)
from lms.courses.source import Tree
from lms.courses.storing import Published, keep_diagrams, keep_lesson, keep_practical, keep_without_mark, new_revision
from lms.facts.faults import Fault, refusing
from lms.facts.service import publish as publish_facts
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.ids import new_id


class NoSuchLesson(NotFound):
    """No course holds the lesson."""


class NoNote(Invalid):
    """Every edition says what is new in it."""


class NothingChanged(Invalid):
    """The text is the one already published."""


class FaultyLesson(Invalid):
    """The lesson has faults; `faults` lists them."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        count = len(self.faults)
        super().__init__(
            f"The lesson has {count} fault{'s' if count != 1 else ''}. Correct {'them' if count != 1 else 'it'}, then publish."
        )


class LessonMovedOn(Conflict):
    """Somebody published another edition since this text was begun. Both are kept."""


class EditedHere(Conflict):
    """The files would replace lessons that were edited in the browser."""


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """A draft that was kept. `overtaken` says that it stands aside, because its author had not seen what is newest."""

    draft: DraftRow
    overtaken: bool


def publish(
    session: Session, *, actor: Actor, tree: Tree, now: datetime, note: str = "", replace: bool = False, once: bool = False
) -> tuple[Published, ...]:
    """Publish the register and every course of `tree`, which has no faults. Courses that are as published stay as they are.

    Lessons edited in the browser since the last publishing from files are not replaced unasked: EditedHere names them.
    With `once`, what was published at any time is left alone, even when something newer stands in its place: a site that
    publishes its shipped content at every start does not undo what was published over it.
    """
    publish_facts(session, actor=actor, facts=tree.facts, now=now, once=once)
    keep_diagrams(session, tree.diagrams, now=now)
    editions = {edition.hash: edition for module in tree.modules.values() for edition in module.lessons}
    done = []
    for course in tree.courses:
        manifest = with_marks(manifest_of(course, tree), pass_marks(session, course.id))
        newest = head(session, course.id)
        if newest is not None and once and _was_published(session, manifest):
            done.append(Published(course.id, newest.hash, newest.number, changed=False))
            continue
        if newest is not None and not replace:
            _refuse_to_replace(session, newest, manifest)
        for entry in lessons_of(manifest):
            keep_lesson(session, editions[entry["hash"]], now=now)
        for entry in manifest["practicals"]:
            keep_practical(session, tree.practicals[entry["id"]], now=now)
        if without_mark(manifest):
            done.append(keep_without_mark(session, manifest=manifest, newest=newest, note=note, now=now))
        else:
            done.append(new_revision(session, actor=actor, manifest=manifest, newest=newest, note=note, now=now))
    return tuple(done)


def _was_published(session: Session, manifest: Manifest) -> bool:
    return any({**manifest, "number": row.number} == row.manifest for row in revisions(session, manifest["id"]))


def _refuse_to_replace(session: Session, newest: CourseRow, manifest: Manifest) -> None:
    imported = next((row for row in revisions(session, newest.course_id) if row.published_by is None), None)
    before = {} if imported is None else _texts(imported.manifest)
    coming = _texts(manifest)
    edited = [
        lesson_id
        for lesson_id, names in _texts(newest.manifest).items()
        if names not in {before.get(lesson_id), coming.get(lesson_id)} and lesson_id in coming
    ]
    if edited:
        raise EditedHere(
            f"These lessons were edited in the browser and differ from the files: {', '.join(edited)}. "
            "Bring the files up to date first, or publish with --replace to go back to the files."
        )


def _texts(manifest: Manifest) -> dict[str, tuple[str, str]]:
    """Lesson id to the names of its text and of its guide."""
    return {entry["id"]: (entry["hash"], entry.get("guide", "")) for entry in lessons_of(manifest)}


@dataclass(frozen=True, slots=True)
class Texts:
    """A lesson's text, and that of its instructor's guide; empty without one."""

    source: str
    guide: str = ""

    @property
    def plain(self) -> "Texts":
        """With the line ends of files: browsers send CRLF."""
        return Texts(_plain(self.source), _plain(self.guide) if self.guide.strip() else "")


def save_draft(
    session: Session, *, actor: Actor, lesson_id: str, based_on: str, seen: uuid.UUID | None, texts: Texts, now: datetime
) -> SavedDraft:
    """Keep `texts` as a draft on the edition `based_on`, written by someone who had seen the draft `seen` as the newest.

    Nothing is ever lost: a text whose author missed a newer draft or edition is kept aside, and the answer says so.
    """
    current, kept = _held(session, lesson_id), texts.plain
    if session.get(LessonRevision, based_on) is None:
        raise NoSuchLesson(f"No edition of {lesson_id} is called {based_on}.")
    newest = newest_draft(session, lesson_id, based_on=current.hash)
    overtaken = based_on != current.hash or (
        newest is not None and newest.id != seen and (newest.source, newest.guide) != (kept.source, kept.guide)
    )
    last = session.scalar(select(func.max(LessonDraft.number)).where(LessonDraft.lesson_id == lesson_id))
    row = LessonDraft(
        id=new_id(),
        lesson_id=lesson_id,
        number=(last or 0) + 1,
        based_on=based_on,
        source=kept.source,
        guide=kept.guide,
        author_id=_author(actor),
        aside=overtaken,
        saved_at=now,
    )
    session.add(row)
    record(
        session,
        actor=actor,
        action="saved a draft of a lesson",
        object_type="lesson",
        object_id=lesson_id,
        now=now,
        outcome="kept aside" if overtaken else "done",
        details={"draft": str(row.id), "based_on": based_on},
    )
    session.flush()
    saved = draft(session, row.id)
    if saved is None:  # pragma: no cover - it was added two lines above
        raise NoSuchLesson("The draft is gone.")
    return SavedDraft(saved, overtaken)


def publish_lesson(
    session: Session, *, actor: Actor, lesson_id: str, based_on: str, edition: Edition, note: str, now: datetime
) -> tuple[Published, ...]:
    """Make `edition` the newest one of its lesson: a new revision of every course whose newest revision holds it.

    Classes under way stay with the revision they were opened on. Raises LessonMovedOn when `based_on` is not the newest edition,
    FaultyLesson for faults of the text or of what a course would become, NothingChanged and NoNote.
    """
    current = _held(session, lesson_id)
    if current.hash != based_on:
        raise LessonMovedOn("Somebody published another edition of this lesson since you began. Your text is kept; compare the two.")
    if (edition.hash, edition.guide.hash if edition.guide else "") == (current.hash, current.guide_hash):
        raise NothingChanged("The text is the one that is already published.")
    if not note.strip():
        raise NoNote("Say in the note what is new, for the instructors who read it later.")
    faults = [*refusing(edition.faults), *standing_faults(session, current=current, edition=edition)]
    if faults:
        raise FaultyLesson(faults)
    keep_lesson(session, edition, now=now)
    done = tuple(
        new_revision(session, actor=actor, manifest=with_lesson(row.manifest, edition), newest=row, note=note.strip(), now=now)
        for row in current.courses
    )
    record(
        session,
        actor=actor,
        action="published a lesson",
        object_type="lesson",
        object_id=lesson_id,
        now=now,
        reason=note.strip(),
        details={
            "hash": edition.hash,
            "guide": edition.guide.hash if edition.guide else "",
            "before": based_on,
            "courses": [one.hash for one in done],
        },
    )
    return done


def standing_faults(session: Session, *, current: LessonHead, edition: Edition) -> list[Fault]:
    """What `edition` would break in the courses that hold its lesson: hours, objectives examined, permanent ids."""
    lesson = edition.lesson
    if lesson is None:
        return [
            Fault(current.lesson_id, 1, "The front matter does not say what lesson this is", "restore its id, title, dates and minutes")
        ]
    if lesson.id != current.lesson_id:
        what = f"The id {lesson.id} is not this lesson's, {current.lesson_id}"
        return [Fault(lesson.path, lesson.id_line, what, "restore it: ids are permanent")]
    faults = []
    for row in current.courses:
        faults.extend(_course_faults(lesson, row, with_lesson(row.manifest, edition)))
        taken = check_ids_elsewhere(session, row.hash, except_lesson=lesson.id)
        faults.extend(
            Fault(lesson.path, check.line, f"The check id {check.id} is taken by the lesson {taken[check.id]}", "give this one its own")
            for check in lesson.checks
            if check.id in taken
        )
    return sorted(set(faults))


def _course_faults(lesson: Lesson, row: CourseRow, coming: Manifest) -> list[Fault]:
    faults = []
    if total_minutes(coming) != row.hours * 60:
        what = f"The course {row.title} would take {total_minutes(coming)} minutes, and its {row.hours} hours are {row.hours * 60}"
        faults.append(Fault(lesson.path, lesson.id_line, what, "keep the lesson's minutes at their total"))
    taught = [objective["id"] for entry in lessons_of(coming) for objective in entry["objectives"]]
    for objective in lesson.objectives:
        if taught.count(objective.id) > 1:
            what = f"The objective {objective.id} stands twice in the course {row.title}"
            faults.append(Fault(lesson.path, objective.line, what, "give this one an id of its own"))
    examined = {objective for exam in row.manifest["exams"] for objective in exam["specification"]}
    for missing in sorted(examined - {*taught}):
        what = f"The exam of {row.title} asks for {missing}, which no lesson would teach any more"
        faults.append(Fault(lesson.path, lesson.id_line, what, "restore the objective"))
    return faults


def _held(session: Session, lesson_id: str) -> LessonHead:
    found = lesson_head(session, lesson_id)
    if found is None:
        raise NoSuchLesson(f"No course holds a lesson {lesson_id}.")
    return found


def _plain(source: str) -> str:
    """Browsers send line ends as CRLF; files and comparisons know LF."""
    return source.replace("\r\n", "\n").strip("\n") + "\n"


def _author(actor: Actor) -> uuid.UUID:
    if actor.user_id is None:
        raise Invalid("A draft needs a person as its author.")
    return actor.user_id
