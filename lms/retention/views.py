"""The pages of keeping and disposing of records, and of one's own data."""

import uuid
from typing import Any

from flask import Blueprint, Response, redirect, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.permissions import Permission
from lms.kernel.errors import NotFound
from lms.retention import own_data, queries, service
from lms.retention.forms import HoldForm, ReasonForm, ScheduleForm
from lms.retention.queries import ClassRow
from lms.retention.rules import RecordClass
from lms.retention.service import NotSchedulable
from lms.web.guard import SIGNED_IN, access, current_identity
from lms.web.pages import page
from lms.web.site import site
from lms.web.transaction import now, session

blueprint = Blueprint("retention", __name__, template_folder="templates")


@blueprint.get("/records")
@access(Permission.RETENTION_MANAGE)
def records() -> ResponseReturnValue:
    """Every class of records: how long it is kept, what holds it, what may be disposed of."""
    proposals = queries.proposals(session())
    return page(
        "retention/records.html",
        rows=queries.class_rows(session(), now=now()),
        holds=queries.hold_rows(session()),
        waiting=[one for one in proposals if not one.outcome],
        decided=[one for one in proposals if one.outcome],
        me=current_identity().user_id,
    )


def _class(name: str) -> ClassRow:
    found = [row for row in queries.class_rows(session(), now=now()) if row.name.replace(" ", "-") == name]
    if not found:
        raise NotFound("There is no such class of records.")
    return found[0]


@blueprint.get("/records/<class_name>/schedule")
@access(Permission.RETENTION_MANAGE)
def schedule(class_name: str) -> ResponseReturnValue:
    """The form on which a class gets its years."""
    row = _class(class_name)
    form = ScheduleForm(data={"years": row.schedule.years, "authority": row.schedule.authority})
    return page("retention/schedule.html", row=row, form=form)


@blueprint.post("/records/<class_name>/schedule")
@access(Permission.RETENTION_MANAGE, step_up=True)
def set_schedule(class_name: str) -> ResponseReturnValue:
    """Set how long a class is kept."""
    row, form = _class(class_name), ScheduleForm.from_request()
    if not form.validate():
        return page("retention/schedule.html", row=row, form=form, status=422)
    sent: dict[str, Any] = {"years": form.years.data, "authority": form.authority.data or ""}
    try:
        service.set_schedule(session(), actor=current_identity(), record_class=row.name, now=now(), **sent)
    except NotSchedulable as refusal:
        form.form_errors.append(str(refusal))
        return page("retention/schedule.html", row=row, form=form, status=422)
    return redirect(url_for("retention.records"), 303)


@blueprint.get("/records/holds")
@access(Permission.RETENTION_MANAGE)
def new_hold() -> ResponseReturnValue:
    """The form for a legal hold."""
    return page("retention/hold.html", form=HoldForm())


@blueprint.post("/records/holds")
@access(Permission.RETENTION_MANAGE)
def hold() -> ResponseReturnValue:
    """Set a legal hold."""
    form = HoldForm.from_request()
    if not form.validate():
        return page("retention/hold.html", form=form, status=422)
    sent = {"record_class": form.chosen, "officer": form.officer.data or "", "reason": form.reason.data}
    try:
        service.hold(session(), actor=current_identity(), now=now(), **sent)
    except NotFound as refusal:
        form.officer.errors = [str(refusal)]
        return page("retention/hold.html", form=form, status=422)
    return redirect(url_for("retention.records"), 303)


@blueprint.get("/records/holds/<uuid:hold_id>/lifting")
@access(Permission.RETENTION_MANAGE)
def lifting(hold_id: uuid.UUID) -> ResponseReturnValue:
    """Ask why a hold is lifted."""
    return page("retention/lifting.html", hold=_hold(hold_id), form=ReasonForm())


def _hold(hold_id: uuid.UUID) -> queries.HoldRow:
    found = [row for row in queries.hold_rows(session()) if row.id == hold_id]
    if not found:
        raise NotFound("There is no such legal hold in force.")
    return found[0]


@blueprint.post("/records/holds/<uuid:hold_id>/lifting")
@access(Permission.RETENTION_MANAGE, step_up=True)
def lift(hold_id: uuid.UUID) -> ResponseReturnValue:
    """Lift a legal hold."""
    held, form = _hold(hold_id), ReasonForm.from_request()
    if not form.validate():
        return page("retention/lifting.html", hold=held, form=form, status=422)
    service.lift(session(), actor=current_identity(), hold_id=hold_id, reason=form.reason.data, now=now())
    return redirect(url_for("retention.records"), 303)


@blueprint.get("/records/<class_name>/disposal")
@access(Permission.RETENTION_MANAGE)
def disposal(class_name: str) -> ResponseReturnValue:
    """What a disposal would take, before it is proposed."""
    return page("retention/disposal.html", row=_class(class_name), form=ReasonForm())


@blueprint.post("/records/<class_name>/disposal")
@access(Permission.RETENTION_MANAGE, step_up=True)
def propose(class_name: str) -> ResponseReturnValue:
    """Propose a disposal."""
    row, form = _class(class_name), ReasonForm.from_request()
    if not form.validate():
        return page("retention/disposal.html", row=row, form=form, status=422)
    service.propose(session(), actor=current_identity(), record_class=RecordClass(row.name), reason=form.reason.data, now=now())
    return redirect(url_for("retention.records"), 303)


@blueprint.post("/records/disposals/<uuid:proposal_id>/confirmation")
@access(Permission.RETENTION_MANAGE, step_up=True)
def confirm(proposal_id: uuid.UUID) -> ResponseReturnValue:
    """Dispose of what somebody else proposed."""
    service.confirm(session(), actor=current_identity(), proposal_id=proposal_id, now=now())
    return redirect(url_for("retention.records"), 303)


@blueprint.post("/records/disposals/<uuid:proposal_id>/refusal")
@access(Permission.RETENTION_MANAGE)
def decline(proposal_id: uuid.UUID) -> ResponseReturnValue:
    """Decline a disposal, or take one's own back."""
    service.decline(session(), actor=current_identity(), proposal_id=proposal_id, now=now())
    return redirect(url_for("retention.records"), 303)


@blueprint.get("/account/data")
@access(SIGNED_IN)
def own() -> ResponseReturnValue:
    """Everything recorded about the person signed in, as one file."""
    packed = own_data.archive(session(), identity=current_identity(), blobs=site().blobs, now=now())
    answer = Response(packed, mimetype="application/zip")
    answer.headers["Content-Disposition"] = 'attachment; filename="my-data.zip"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
