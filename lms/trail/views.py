"""The audit trail's pages: the list with its filters, one entry with its proof, and the list as a spreadsheet."""

import json
import uuid
from typing import Final
from urllib.parse import urlencode

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.permissions import Permission
from lms.agencies import queries as agencies
from lms.audit.entries import AUDIT
from lms.kernel.errors import Conflict, NotFound
from lms.kernel.sheets import sheet
from lms.ledger import service as ledger
from lms.ledger.queries import Damaged
from lms.trail import queries
from lms.trail.forms import AskedForm
from lms.trail.queries import ENTRIES_PER_PAGE, EntryRow
from lms.trail.rules import Asked, Place, Proof
from lms.web.guard import access
from lms.web.pages import page
from lms.web.transaction import session

blueprint = Blueprint("trail", __name__, template_folder="templates")

ROWS_EXPORTED: Final = 5000
HEADINGS: Final = ("Moment (UTC)", "Who", "E-mail", "Action", "Kind", "Id", "Agency", "Reason", "Outcome", "Details", "Index", "Proof")


@blueprint.get("/audit")
@access(Permission.AUDIT_READ)
def entries() -> ResponseReturnValue:
    """What was done, the newest first, with filters."""
    form, sound = _form()
    rows = queries.entries(session(), asked=form.asked, after=Place.parse(request.args.get("after", ""))) if sound else []
    sent = {field.name: request.args[field.name] for field in form if request.args.get(field.name)}
    return page(
        "trail/entries.html",
        status=200 if sound else 422,
        form=form,
        rows=rows,
        more=_address("trail.entries", sent | {"after": str(rows[-1].place)}) if len(rows) == ENTRIES_PER_PAGE else "",
        first=_address("trail.entries", sent) if "after" in request.args else "",
        export=_address("trail.export", sent),
        filtered=form.asked != Asked(),
        Proof=Proof,
    )


def _address(endpoint: str, sent: dict[str, str]) -> str:
    return f"{url_for(endpoint)}?{urlencode(sent)}"


def _form() -> tuple[AskedForm, bool]:
    form = AskedForm(request.args)
    form.offer(agencies.agency_names(session()))
    return form, form.validate()


@blueprint.get("/audit/<uuid:entry_id>")
@access(Permission.AUDIT_READ)
def entry(entry_id: uuid.UUID) -> ResponseReturnValue:
    """One entry, exactly as it was hashed, with the proof that a signed checkpoint covers it."""
    found = queries.entry(session(), entry_id=entry_id)
    if found is None:
        raise NotFound("There is no such entry.")
    details = json.dumps(found.details, indent=2, ensure_ascii=False) if found.details else ""
    proof, unproven = _proof(found)
    return page("trail/entry.html", entry=found, details=details, proof=proof, unproven=unproven, Proof=Proof)


def _proof(found: EntryRow) -> tuple[ledger.Proof | None, str]:
    if found.number is None:
        return None, "The worker gives the entry its place in the ledger in a moment."
    try:
        return ledger.prove(session(), source=AUDIT, number=found.number), ""
    except (Conflict, Damaged) as refusal:
        return None, str(refusal)


@blueprint.get("/audit/export")
@access(Permission.AUDIT_READ)
def export() -> ResponseReturnValue:
    """The newest entries that match as CSV; no cell is taken for a formula."""
    form, sound = _form()
    rows = queries.entries(session(), asked=form.asked, limit=ROWS_EXPORTED) if sound else []
    answer = Response(sheet(HEADINGS, map(_cells, rows)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="audit-trail.csv"'
    return answer


def _cells(row: EntryRow) -> tuple[object, ...]:
    at, details = row.at.isoformat(timespec="milliseconds"), json.dumps(row.details, ensure_ascii=False)
    what = (row.action, row.object_type, row.object_id, row.agency, row.reason, row.outcome, details)
    return (at, row.who, row.email, *what, row.number, str(row.proof))
