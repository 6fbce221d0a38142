"""Courses as those see them who run the program, with the pass marks that they enter; lessons and practicals as staff read them."""

from datetime import date

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.permissions import Permission
from lms.agencies.rule_sets import shipped_rule_set
from lms.courses import pass_marks, queries
from lms.courses.forms import PassMarkForm
from lms.courses.manifest import lessons_of, with_marks
from lms.courses.pass_marks import NoMark
from lms.courses.service import NoSuchLesson
from lms.kernel.errors import NotFound
from lms.web.guard import access, current_identity
from lms.web.pages import page
from lms.web.transaction import now, session

blueprint = Blueprint("course_pages", __name__, template_folder="templates")


class NoSuchCourse(NotFound):
    """No course has that id."""


@blueprint.get("/courses")
@access(Permission.MARK_ENTER)
def courses() -> ResponseReturnValue:
    """Every course: published, or waiting for a pass mark."""
    published = queries.courses(session())
    known = {row.course_id for row in published}
    unpublished = [one for one in pass_marks.waiting(session()) if one.course_id not in known]
    return page("courses/courses.html", courses=published, unpublished=unpublished)


@blueprint.get("/courses/<course_id>")
@access(Permission.MARK_ENTER)
def course(course_id: str) -> ResponseReturnValue:
    """One course: what it holds by day or module, its exams, and the pass marks entered for it."""
    return _course(course_id)


def _course(course_id: str, form: PassMarkForm | None = None, *, status: int = 200) -> ResponseReturnValue:
    published = queries.head(session(), course_id)
    waiting = next((one for one in pass_marks.waiting(session()) if one.course_id == course_id), None)
    if published is None and waiting is None:
        raise NoSuchCourse("There is no such course.")
    entered = queries.pass_marks(session(), course_id)
    manifest = published.manifest if published else with_marks(waiting.manifest, entered) if waiting else {}
    return page(
        "courses/course.html",
        status=status,
        published=published,
        manifest=manifest,
        form_title=_form_title(manifest.get("form", "")),
        law_as_of=date.fromisoformat(manifest["law_as_of"]),
        outline=queries.outline_of(manifest),
        lessons={lesson["id"]: lesson for lesson in lessons_of(manifest)},
        practicals={one["id"]: one for one in manifest.get("practicals", ())},
        exams={exam["id"]: exam for exam in manifest["exams"]},
        by_hand={exam["id"]: exam["title"] for exam in waiting.exams} if waiting else {},
        entered=entered,
        marks=pass_marks.marks(session(), course_id),
        form=form or PassMarkForm(),
        saved=request.args.get("saved", ""),
    )


def _form_title(form: str) -> str:
    """The form of training that a course follows, in words: that of the template with this id; a form of no template as it is written."""
    found = shipped_rule_set(form)
    return found.title if found else form


@blueprint.post("/courses/<course_id>/exams/<exam_id>/pass-marks")
@access(Permission.MARK_ENTER, step_up=True)
def enter_pass_mark(course_id: str, exam_id: str) -> ResponseReturnValue:
    """Enter the pass mark that ICE has set; the course is published with it."""
    form = PassMarkForm.from_request()
    if not form.validate():
        return _course(course_id, form, status=422)
    try:
        done = pass_marks.enter(session(), actor=current_identity(), course_id=course_id, exam_id=exam_id, mark=form.mark, now=now())
    except NoMark as refusal:
        form.form_errors.append(str(refusal))
        return _course(course_id, form, status=422)
    return redirect(url_for("course_pages.course", course_id=course_id, saved="entered" if done.unmarked else "published"), 303)


@blueprint.get("/lessons/<lesson_id>")
@access(Permission.ATTENDANCE_RECORD)
def lesson(lesson_id: str) -> ResponseReturnValue:
    """A lesson as its instructor reads it: the guide first, then what officers see."""
    head = queries.lesson_head(session(), lesson_id)
    shown = None if head is None else queries.lesson_page(session(), head.courses[0].hash, lesson_id)
    if head is None or shown is None:
        raise NoSuchLesson("There is no such lesson.")
    return page("courses/lesson.html", head=head, lesson=shown)


@blueprint.get("/practicals/<practical_id>")
@access(Permission.PRACTICAL_RATE)
def practical(practical_id: str) -> ResponseReturnValue:
    """A practical exercise with everything: the officers' sheet, the role players' part, and how it is rated."""
    found = queries.practical_head(session(), practical_id)
    if found is None:
        raise NoSuchLesson("There is no such practical exercise.")
    return page("courses/practical.html", practical=found)
