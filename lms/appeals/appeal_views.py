"""The pages of appeals: for officers and their coordinators, and the docket of who decides."""

import uuid
from typing import Any

from flask import Blueprint, Response, redirect, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.permissions import Permission
from lms.agencies import queries as agencies
from lms.appeals import queries, rules, service
from lms.appeals.forms import OUTCOME_LABELS, AppealForm, MoveForm
from lms.appeals.queries import PER_PAGE
from lms.appeals.rules import MOVES, Outcome, State
from lms.appeals.service import MadeAlready, NothingSaid, TooLate, WrongMove
from lms.kernel.errors import NotFound
from lms.web.guard import SIGNED_IN, access, current_identity
from lms.web.pages import page, page_asked, pages_of
from lms.web.transaction import now, session

blueprint = Blueprint("appeals", __name__, template_folder="templates")


@blueprint.get("/attempts/<uuid:attempt_id>/appeals")
@access(SIGNED_IN)
def own(attempt_id: uuid.UUID) -> ResponseReturnValue:
    """The appeals about an exam, and the form for one: the officer's, and the coordinator's of the officer's agency."""
    return _own(attempt_id, AppealForm())


def _own(attempt_id: uuid.UUID, form: AppealForm, status: int = 200) -> Response:
    found = queries.ended(session(), identity=current_identity(), attempt_id=attempt_id)
    offered = queries.appealable(session(), found=found)
    form.offer(offered)
    clock = rules.clock("appeal")
    return page(
        "appeals/own_appeals.html",
        found=found,
        rows=queries.appeals_of(session(), attempt_ids=[attempt_id]),
        form=form,
        offered=offered,
        clock=clock,
        closes_at=clock.closes_at(found.told_at, found.zone),
        labels=OUTCOME_LABELS,
        is_own=found.officer_id == current_identity().officer_id,
        now=now(),
        status=status,
    )


@blueprint.post("/attempts/<uuid:attempt_id>/appeals")
@access(SIGNED_IN)
def make(attempt_id: uuid.UUID) -> ResponseReturnValue:
    """Appeal what came out of an exam."""
    found, form = queries.ended(session(), identity=current_identity(), attempt_id=attempt_id), AppealForm.from_request()
    form.offer(queries.appealable(session(), found=found))
    if not form.validate():
        return _own(attempt_id, form, 422)
    sent = {"outcome": Outcome(form.outcome.data), "statement": form.statement.data}
    try:
        made = service.appeal(session(), actor=current_identity(), attempt_id=attempt_id, now=now(), **sent)
    except (TooLate, MadeAlready) as refusal:
        form.outcome.errors = [str(refusal)]
        return _own(attempt_id, form, 409)
    return redirect(url_for("appeals.appeal", appeal_id=made), 303)


@blueprint.get("/agencies/<uuid:agency_id>/appeals")
@access(Permission.APPEAL_MAKE)
def of_agency(agency_id: uuid.UUID) -> ResponseReturnValue:
    """The exams that officers of one's own agency did not pass, and the appeals about them."""
    identity, number = current_identity(), page_asked()
    agency = agencies.agency(session(), identity=identity, agency_id=agency_id)
    if agency is None or agency_id not in identity.agency_ids:
        raise NotFound("There is no such agency.")
    rows = queries.ended_of_agency(session(), identity=identity, agency_id=agency_id, page=number)
    made = queries.appeals_of(session(), attempt_ids=[row.attempt_id for row in rows])
    pages = pages_of(queries.ended_count(session(), identity=identity, agency_id=agency_id), PER_PAGE)
    return page("appeals/agency_appeals.html", agency=agency, rows=rows, made=made, number=number, pages=pages)


@blueprint.get("/appeals")
@access(Permission.EXAM_RULE)
def appeals() -> ResponseReturnValue:
    """The docket: what is not decided first, by when it is due."""
    number = page_asked()
    rows, pages = queries.appeals(session(), page=number), pages_of(queries.appeal_count(session()), PER_PAGE)
    return page("appeals/appeals.html", rows=rows, number=number, pages=pages, labels=OUTCOME_LABELS, now=now())


@blueprint.get("/appeals/<uuid:appeal_id>")
@access(SIGNED_IN)
def appeal(appeal_id: uuid.UUID) -> ResponseReturnValue:
    """One appeal with everything done about it."""
    return _appeal(appeal_id, MoveForm())


def _appeal(appeal_id: uuid.UUID, form: MoveForm, status: int = 200) -> Response:
    identity = current_identity()
    found = queries.appeal(session(), identity=identity, appeal_id=appeal_id)
    form.offer(found.state)
    rules_on = identity.may(Permission.EXAM_RULE) and found.state in MOVES
    involved = service.involvements(session(), actor=identity, found=found, now=now()) if rules_on else ()
    return page(
        "appeals/appeal.html",
        found=found,
        moves=queries.moves(session(), appeal_id=appeal_id),
        form=form,
        rules_on=rules_on,
        involved=involved,
        labels=OUTCOME_LABELS,
        evidence=identity.may(Permission.EXAM_RULE),
        now=now(),
        status=status,
    )


@blueprint.post("/appeals/<uuid:appeal_id>/moves")
@access(Permission.EXAM_RULE, step_up=True)
def move(appeal_id: uuid.UUID) -> ResponseReturnValue:
    """Take an appeal under review, or decide it."""
    found, form = queries.appeal(session(), identity=current_identity(), appeal_id=appeal_id), MoveForm.from_request()
    form.offer(found.state)
    if not form.validate():
        return _appeal(appeal_id, form, 422)
    sent: dict[str, Any] = {"state": State(form.state.data), "reason": form.reason.data or ""}
    try:
        service.move(session(), actor=current_identity(), appeal_id=appeal_id, now=now(), **sent)
    except NothingSaid:
        form.reason.errors = ["Say why: whoever appealed is told."]
        return _appeal(appeal_id, form, 422)
    except WrongMove as refusal:
        form.form_errors.append(str(refusal))
        return _appeal(appeal_id, form, 409)
    return redirect(url_for("appeals.appeal", appeal_id=appeal_id), 303)
