"""The summary of a class, the training of an agency's officers, and moving a class to a newer revision."""

import uuid

from flask import Blueprint, Response, redirect, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.permissions import Permission
from lms.agencies.agreement_views import agency_seen
from lms.courses import desk
from lms.courses import queries as courses
from lms.enrollments.queries import OfferingDetail
from lms.enrollments.service import NotTheNewest
from lms.enrollments.viewing import class_seen
from lms.kernel.errors import Conflict, NotFound
from lms.kernel.sheets import sheet
from lms.rosters import queries, rules, service
from lms.rosters.forms import RevisionForm
from lms.rosters.queries import Progress
from lms.web.guard import access, current_identity
from lms.web.pages import page, page_asked, pages_of
from lms.web.transaction import now, session

blueprint = Blueprint("rosters", __name__, template_folder="templates")

HEADINGS = (
    "Officer",
    "Agency",
    "Class",
    "Course",
    "Standing",
    "Started",
    "Lessons completed",
    "Lessons",
    "Minutes owed",
    "Exercises passed",
    "Exercises",
)
OF_AGENCY = ("Officer", "Class", "Name of the class", "Model", "First day", "Last day", *HEADINGS[4:])


@blueprint.get("/classes/<uuid:offering_id>/summary")
@access(Permission.CLASS_READ)
def summary(offering_id: uuid.UUID) -> ResponseReturnValue:
    """What a class came to: started, passed, retake, disqualified, withdrew; and where each officer stands."""
    found = class_seen(offering_id)
    reviews = current_identity().may(Permission.ATTENDANCE_RECORD)
    return page("rosters/summary.html", offering=found, summary=queries.summary(session(), offering=found, now=now()), reviews=reviews)


@blueprint.get("/classes/<uuid:offering_id>/summary/export")
@access(Permission.CLASS_READ)
def export(offering_id: uuid.UUID) -> ResponseReturnValue:
    """The summary as a sheet; no cell is taken for a formula."""
    found = class_seen(offering_id)
    rows = queries.summary(session(), offering=found, now=now()).rows
    course = f"{found.course_title}, revision {found.course_number}"
    cells = [(row.name, row.agency, found.number, course, *_cells(row.progress)) for row in rows]
    return _download(sheet(HEADINGS, cells), name=found.number)


def _cells(found: Progress) -> tuple[object, ...]:
    started = "yes" if found.started else "no"
    return found.standing, started, found.lessons_done, found.lessons, found.hours.owed, found.practicals_passed, found.practicals


def _download(text: str, *, name: str) -> Response:
    answer = Response(text, mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


@blueprint.get("/agencies/<uuid:agency_id>/training")
@access(Permission.AGENCY_READ)
def training(agency_id: uuid.UUID) -> ResponseReturnValue:
    """The classes of those who serve in an agency, and where each stands."""
    identity, agency, number = current_identity(), agency_seen(agency_id), page_asked()
    rows = queries.training(session(), identity=identity, agency_id=agency_id, now=now(), page=number)
    pages = pages_of(queries.training_count(session(), identity=identity, agency_id=agency_id), queries.PER_PAGE)
    return page("rosters/training.html", agency=agency, rows=rows, number=number, pages=pages)


@blueprint.get("/agencies/<uuid:agency_id>/training/export")
@access(Permission.AGENCY_READ)
def export_training(agency_id: uuid.UUID) -> ResponseReturnValue:
    """The same as a sheet."""
    identity, _ = current_identity(), agency_seen(agency_id)
    rows = queries.training(session(), identity=identity, agency_id=agency_id, now=now(), most=queries.MOST_EXPORTED)
    cells = [
        (row.name, row.class_number, row.class_title, row.program_model, row.starts_on, row.ends_on, *_cells(row.progress)) for row in rows
    ]
    return _download(sheet(OF_AGENCY, cells), name="training")


@blueprint.get("/classes/<uuid:offering_id>/revision")
@access(Permission.CLASS_MANAGE)
def revision(offering_id: uuid.UUID) -> ResponseReturnValue:
    """What moving a class to the newest revision of its course would change, and whom it concerns."""
    found = class_seen(offering_id)
    head = courses.head(session(), found.course_id)
    return _revision(found, RevisionForm(data={"course": head.hash if head else ""}))


@blueprint.post("/classes/<uuid:offering_id>/revision")
@access(Permission.CLASS_MANAGE)
def move(offering_id: uuid.UUID) -> ResponseReturnValue:
    """Move a class to the newest revision."""
    found, form = class_seen(offering_id), RevisionForm.from_request()
    if not form.validate():
        return _revision(found, form, status=422)
    sent = {"course_hash": form.course.data, "reason": form.reason.data}
    try:
        service.move_to_newest(session(), actor=current_identity(), offering_id=offering_id, now=now(), **sent)
    except Conflict as refusal:
        if isinstance(refusal, NotTheNewest):
            form.course.data = None
        form.form_errors.append(str(refusal))
        return _revision(found, form, status=409)
    return redirect(url_for("enrollments.offering", offering_id=offering_id), 303)


def _revision(found: OfferingDetail, form: RevisionForm, *, status: int = 200) -> ResponseReturnValue:
    head = courses.head(session(), found.course_id)
    if head is None:
        raise NotFound("There is no such course.")
    form.course.data = form.course.data or head.hash
    difference = rules.difference(found.manifest, head.manifest)
    concerned = queries.concerned(session(), offering_id=found.id, difference=difference, now=now())
    shown = {"offering": found, "head": head, "difference": difference, "concerned": concerned, "form": form}
    return page("rosters/revision.html", status=status, **shown)


@blueprint.get("/classes/<uuid:offering_id>/revision/lessons/<lesson_id>")
@access(Permission.CLASS_MANAGE)
def lesson_difference(offering_id: uuid.UUID, lesson_id: str) -> ResponseReturnValue:
    """What turns the text of a lesson that the class is on into the text of the newest revision."""
    found = class_seen(offering_id)
    head = courses.head(session(), found.course_id)
    old = courses.lesson_text(session(), found.course_hash, lesson_id)
    new = courses.lesson_text(session(), head.hash, lesson_id) if head else None
    if old is None or new is None:
        raise NotFound("There is no such lesson in both revisions.")
    lines = desk.differences_or_none(old.source, new.source)
    return page("rosters/lesson_difference.html", offering=found, title=new.title, lines=lines)
