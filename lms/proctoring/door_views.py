"""The door of a sitting, for the proctors named for it: roster, identity checks, tickets and their sheets."""

import uuid
from collections.abc import Collection

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from lms.accounts.permissions import Permission
from lms.proctoring import door as door_service
from lms.proctoring import door_queries
from lms.proctoring.door_queries import DoorRow, Sheet
from lms.proctoring.forms import AdmissionForm, RevocationForm
from lms.questions.views import led_to_sign
from lms.sittings import queries, ticket_rules, tickets
from lms.sittings.placing import NotPlaced
from lms.sittings.queries import OFFICERS_PER_PAGE, SittingRow
from lms.sittings.viewing import sitting_seen
from lms.web.guard import access, current_identity
from lms.web.pages import page, page_asked, pages_of
from lms.web.transaction import now, session

blueprint = Blueprint("door", __name__, template_folder="templates")


def _sitting(sitting_id: uuid.UUID) -> SittingRow:
    """The sitting, for a proctor named for it."""
    found = sitting_seen(sitting_id)
    tickets.refuse_unnamed(session(), actor=current_identity(), sitting_id=sitting_id)
    return found


@blueprint.get("/sittings/<uuid:sitting_id>/door")
@access(Permission.EXAM_ADMIT)
def door(sitting_id: uuid.UUID) -> ResponseReturnValue:
    """The roster of the sitting: who was checked, who has a ticket, whose exam is under way."""
    to_sign = led_to_sign()
    if to_sign is not None:
        return to_sign
    found, number = _sitting(sitting_id), page_asked()
    rows = door_queries.door(session(), sitting_id=sitting_id, now=now(), page=number)
    return page("proctoring/door.html", sitting=found, rows=rows, number=number, pages=pages_of(found.officers, OFFICERS_PER_PAGE))


@blueprint.get("/sittings/<uuid:sitting_id>/door/<uuid:enrollment_id>")
@access(Permission.EXAM_ADMIT)
def officer(sitting_id: uuid.UUID, enrollment_id: uuid.UUID) -> ResponseReturnValue:
    """One officer at the door: the identity check, the ticket."""
    return led_to_sign() or _officer(sitting_id, enrollment_id, AdmissionForm(), RevocationForm())


def _officer(
    sitting_id: uuid.UUID, enrollment_id: uuid.UUID, form: AdmissionForm, revoking: RevocationForm, *, status: int = 200
) -> Response:
    found, row = _sitting(sitting_id), _row(sitting_id, enrollment_id)
    return page("proctoring/door_officer.html", sitting=found, row=row, form=form, revoking=revoking, status=status)


def _row(sitting_id: uuid.UUID, enrollment_id: uuid.UUID) -> DoorRow:
    rows = door_queries.door(session(), sitting_id=sitting_id, now=now())
    found = next((row for row in rows if row.officer.enrollment_id == enrollment_id), None)
    if found is None:
        raise NotPlaced("This officer has no place in the sitting.")
    return found


@blueprint.post("/sittings/<uuid:sitting_id>/door/<uuid:enrollment_id>/identity")
@access(Permission.EXAM_ADMIT)
def check_identity(sitting_id: uuid.UUID, enrollment_id: uuid.UUID) -> ResponseReturnValue:
    """Record that the officer's identity was checked."""
    form = AdmissionForm.from_request()
    if not form.validate():
        return _officer(sitting_id, enrollment_id, form, RevocationForm(formdata=None), status=422)
    sent = {"sitting_id": sitting_id, "enrollment_id": enrollment_id, "document": form.document.data}
    tickets.check_identity(session(), actor=current_identity(), now=now(), **sent)
    return redirect(url_for("door.officer", sitting_id=sitting_id, enrollment_id=enrollment_id), 303)


@blueprint.post("/sittings/<uuid:sitting_id>/tickets")
@access(Permission.EXAM_ADMIT)
def issue_all(sitting_id: uuid.UUID) -> ResponseReturnValue:
    """A ticket for everybody who has none and has not started; the sheets are shown once."""
    rows = door_queries.door(session(), sitting_id=sitting_id, now=now())
    without = [row.officer.enrollment_id for row in rows if row.ticket == "none" and row.exam == "not started"]
    return _issued(sitting_id, without)


@blueprint.post("/sittings/<uuid:sitting_id>/door/<uuid:enrollment_id>/ticket")
@access(Permission.EXAM_ADMIT)
def issue(sitting_id: uuid.UUID, enrollment_id: uuid.UUID) -> ResponseReturnValue:
    """A new ticket for one officer; the one before opens nothing any more."""
    return _issued(sitting_id, [enrollment_id])


def _issued(sitting_id: uuid.UUID, chosen: Collection[uuid.UUID]) -> Response:
    codes = door_service.issue(session(), actor=current_identity(), sitting_id=sitting_id, enrollment_ids=chosen, now=now())
    there = queries.officers(session(), sitting_id=sitting_id)
    sheets = [Sheet(one.name, one.agency, ticket_rules.shown(codes[one.enrollment_id])) for one in there if one.enrollment_id in codes]
    return page("proctoring/tickets.html", sitting=_sitting(sitting_id), sheets=sheets)


@blueprint.post("/sittings/<uuid:sitting_id>/door/<uuid:enrollment_id>/ticket-revocation")
@access(Permission.EXAM_ADMIT)
def revoke(sitting_id: uuid.UUID, enrollment_id: uuid.UUID) -> ResponseReturnValue:
    """Revoke an officer's ticket."""
    form = RevocationForm.from_request()
    if not form.validate():
        return _officer(sitting_id, enrollment_id, AdmissionForm(formdata=None), form, status=422)
    sent = {"sitting_id": sitting_id, "enrollment_id": enrollment_id, "reason": form.reason.data}
    tickets.revoke(session(), actor=current_identity(), now=now(), **sent)
    return redirect(url_for("door.officer", sitting_id=sitting_id, enrollment_id=enrollment_id), 303)
