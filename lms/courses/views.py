"""The instructor's pages: the list of lessons, the editor with its preview, and publishing an edition."""

from collections.abc import Sequence

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms.accounts.permissions import Permission
from lms.courses import course_views, desk, queries, service
from lms.courses.desk import Preview, Shelf
from lms.courses.forms import LessonForm, PublicationForm, draft_id_in
from lms.courses.guide import SUFFIX
from lms.courses.queries import DraftRow, LessonHead
from lms.courses.service import LessonMovedOn, NoSuchLesson, Texts
from lms.facts import queries as facts
from lms.facts.faults import Fault
from lms.kernel.errors import Invalid
from lms.web import transaction
from lms.web.errors import wants_json
from lms.web.guard import access, current_identity
from lms.web.pages import page
from lms.web.site import site
from lms.web.transaction import now, session

blueprint = Blueprint("courses", __name__, template_folder="templates")


@blueprint.get("/lessons")
@access(Permission.LESSON_WRITE)
def lessons() -> ResponseReturnValue:
    """Every lesson of one course by module: the course asked for, or the first."""
    found = queries.courses(session())
    shown = next((row for row in found if row.course_id == request.args.get("course")), found[0] if found else None)
    return page(
        "courses/lessons.html",
        courses=found,
        shown=shown,
        outline=queries.outline_of(shown.manifest) if shown else (),
        practicals=shown.manifest.get("practicals", ()) if shown else (),
        with_drafts=queries.lessons_with_drafts(session()),
        published=queries.lesson_head(session(), request.args.get("published", "")),
    )


@blueprint.get("/lessons/<lesson_id>/edit")
@access(Permission.LESSON_WRITE)
def edit(lesson_id: str) -> ResponseReturnValue:
    """The editor, with the newest draft, the draft asked for, or the published text."""
    head = _head(lesson_id)
    newest = queries.newest_draft(session(), lesson_id, based_on=head.hash)
    asked = draft_id_in(request.args.get("draft"))
    opened = queries.draft(session(), asked) if asked else newest
    if asked and (opened is None or opened.lesson_id != lesson_id):
        raise NoSuchLesson("There is no such draft of this lesson.")
    form = LessonForm(
        data={
            "source": opened.source if opened else head.source,
            "guide": opened.guide if opened else head.guide,
            "based_on": head.hash,
            "seen": str(newest.id) if newest else "",
        }
    )
    return _editor(head, form, opened=opened)


@blueprint.post("/lessons/<lesson_id>/previews")
@access(Permission.LESSON_WRITE, reading_only=True)
def preview(lesson_id: str) -> ResponseReturnValue:
    """The text as its page would look, with its faults: as JSON for the editor's script, as the whole editor without one."""
    head = _head(lesson_id)
    form = LessonForm.from_request()
    if not wants_json():
        return _editor(head, form, status=200 if form.validate() else 422)
    shown = Preview(desk.edition_of(lesson_id, form.texts, shelf=_shelf()))
    return jsonify(
        html=render_template("courses/preview.html", preview=shown),
        faults=[_told(fault) for fault in shown.faults],
        words=shown.words,
        minutes=shown.reading_minutes,
    )


def _told(fault: Fault) -> dict[str, object]:
    """A fault as the editor's script shows it."""
    in_guide = fault.path.endswith(SUFFIX)
    return {"line": fault.line, "what": fault.what, "fix": fault.fix, "warning": fault.warning, "guide": in_guide}


@blueprint.post("/lessons/<lesson_id>/drafts")
@access(Permission.LESSON_WRITE, reading_only=True)
def save_draft(lesson_id: str) -> ResponseReturnValue:
    """Keep the text; when somebody else was faster, show both."""
    form = LessonForm.from_request()
    if not form.validate():
        return _editor(_head(lesson_id), form, status=422)
    written = {"based_on": form.based_on.data, "seen": form.seen_draft, "texts": form.texts}
    actor = current_identity()
    with transaction.writing() as own:
        saved = service.save_draft(own, actor=actor, lesson_id=lesson_id, **written, now=now())
    if saved.overtaken:
        return _both_texts(lesson_id, saved.draft)
    if form.then.data == "publication":
        return redirect(url_for("courses.publication", lesson_id=lesson_id, draft=saved.draft.id), 303)
    return redirect(url_for("courses.edit", lesson_id=lesson_id, saved="yes"), 303)


@blueprint.get("/lessons/<lesson_id>/publication")
@access(Permission.LESSON_WRITE)
def publication(lesson_id: str) -> ResponseReturnValue:
    """What publishing a draft would change, and whom it concerns."""
    head = _head(lesson_id)
    asked = draft_id_in(request.args.get("draft"))
    draft = queries.draft(session(), asked) if asked else queries.newest_draft(session(), lesson_id, based_on=head.hash)
    if draft is None or draft.lesson_id != lesson_id:
        return redirect(url_for("courses.edit", lesson_id=lesson_id), 303)
    if draft.based_on != head.hash:
        return _both_texts(lesson_id, draft)
    return _publication(head, draft, PublicationForm(data={"draft": str(draft.id)}))


@blueprint.post("/lessons/<lesson_id>/publication")
@access(Permission.LESSON_WRITE, reading_only=True)
def publish(lesson_id: str) -> ResponseReturnValue:
    """Publish a draft as the lesson's new edition."""
    head, form = _head(lesson_id), PublicationForm.from_request()
    draft = queries.draft(session(), form.draft_id) if form.draft_id else None
    if draft is None or draft.lesson_id != lesson_id:
        raise NoSuchLesson("There is no such draft of this lesson.")
    if not form.validate():
        return _publication(head, draft, form, status=422)
    try:
        _publish(draft, note=form.note.data)
    except LessonMovedOn:
        return _both_texts(lesson_id, draft)
    except Invalid as refusal:
        form.form_errors.append(str(refusal))
        return _publication(head, draft, form, status=422)
    return redirect(url_for("courses.lessons", published=lesson_id), 303)


def _publish(draft: DraftRow, *, note: str) -> None:
    actor = current_identity()
    edition = desk.edition_of(draft.lesson_id, Texts(draft.source, draft.guide), shelf=_shelf())
    with transaction.writing() as own:
        service.publish_lesson(own, actor=actor, lesson_id=draft.lesson_id, based_on=draft.based_on, edition=edition, note=note, now=now())


def _head(lesson_id: str) -> LessonHead:
    found = queries.lesson_head(session(), lesson_id)
    if found is None:
        raise NoSuchLesson("There is no such lesson.")
    return found


def _shelf() -> Shelf:
    """What texts are rendered with, read before the slow work: no transaction stays open while a text is rendered."""
    found = Shelf(facts.facts(session()), queries.diagrams(session()), now().date())
    transaction.finish()
    return found


def _editor(head: LessonHead, form: LessonForm, *, opened: DraftRow | None = None, status: int = 200) -> ResponseReturnValue:
    drafts = queries.drafts(session(), head.lesson_id)
    shown = desk.preview_or_reason(head.lesson_id, form.texts, shelf=_shelf())
    return page(
        "courses/editor.html",
        status=status,
        head=head,
        form=form,
        preview=shown,
        drafts=drafts,
        opened=opened,
        saved="saved" in request.args,
    )


def _publication(head: LessonHead, draft: DraftRow, form: PublicationForm, *, status: int = 200) -> ResponseReturnValue:
    shown = desk.preview_or_reason(head.lesson_id, Texts(draft.source, draft.guide), shelf=_shelf())
    standing = service.standing_faults(session(), current=head, edition=shown.edition) if shown.edition else []
    classes = _classes_under_way(session(), [row.hash for course in head.courses for row in queries.revisions(session(), course.course_id)])
    transaction.finish()
    return page(
        "courses/publication.html",
        status=status,
        head=head,
        draft=draft,
        form=form,
        faults=[*shown.faults, *standing],
        refusal=shown.refusal,
        differences=desk.differences_or_none(head.source, draft.source),
        guide_differences=desk.differences_or_none(head.guide, draft.guide) if head.guide != draft.guide else (),
        classes=classes,
    )


def _both_texts(lesson_id: str, mine: DraftRow) -> ResponseReturnValue:
    """The page for two people on one lesson: the newest text, mine, what differs, and a form that goes on with mine."""
    head = _head(lesson_id)
    newest = queries.newest_draft(session(), lesson_id, based_on=head.hash)
    theirs = newest.source if newest else head.source
    seen = str(newest.id) if newest else ""
    form = LessonForm(data={"source": mine.source, "guide": mine.guide, "based_on": head.hash, "seen": seen})
    transaction.finish()
    return page(
        "courses/conflict.html",
        status=409,
        head=head,
        newest=newest,
        mine=mine,
        theirs=theirs,
        their_guide=newest.guide if newest else head.guide,
        form=form,
        differences=desk.differences_or_none(theirs, mine.source),
    )


def _classes_under_way(opened: Session, course_hashes: Sequence[str]) -> int:
    return site().classes_under_way(opened, course_hashes, now=now())


blueprints = [blueprint, course_views.blueprint]
