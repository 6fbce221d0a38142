"""Activating agreements for a declaration; what officers under its orders owe; and what was done."""

import uuid
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.permissions import Permission
from lms.activations import order_views, queries
from lms.activations.forms import ActivationForm, suggested
from lms.activations.queries import AGREEMENTS_PER_PAGE, CallUp, DebtRow, Letter
from lms.certificates.numbers import display
from lms.certificates.rules import duration
from lms.db.types import as_id
from lms.influx import order_queries, service
from lms.influx.order_queries import OFFICERS_PER_PAGE
from lms.influx.queries import DeclarationDetail
from lms.influx.rules import DRILL
from lms.influx.service import NotActivated, NotDeclarable
from lms.influx.views import declaration_seen, places_named
from lms.kernel.sheets import sheet
from lms.web.guard import access, current_identity
from lms.web.pages import page, page_asked, pages_of
from lms.web.transaction import now, session

blueprint = Blueprint("activations", __name__, template_folder="templates")
HEADINGS = (
    *("Officer", "Agency", "Order decided by", "Office", "Grounds", "In force from", "Acknowledged", "Class", "Stands as"),
    *(
        "Certificate",
        "Issued",
        "Ends",
        "Subjects missing",
        "Still owed",
        "Minutes owed",
        "Full certificate",
        "Authorization",
        "Authorized from",
    ),
)


@blueprint.get("/declarations/<uuid:declaration_id>/activation")
@access(Permission.INFLUX_MANAGE)
def activation(declaration_id: uuid.UUID) -> ResponseReturnValue:
    """Every contingency agreement inside the boundaries, with the officers under it, and one confirmation to activate."""
    found = declaration_seen(declaration_id)
    return _activation(found, ActivationForm(data=suggested(now(), found.time_zone)))


def _activation(found: DeclarationDetail, form: ActivationForm, status: int = 200, **more: Any) -> Response:
    number = page_asked()
    shown: dict[str, Any] = {"refusals": {}, "chosen": frozenset()} | more
    called: CallUp = queries.call_up(session(), declaration=found, now=now(), page=number)
    return page(
        "activations/activation.html",
        status=status,
        **shown,
        declaration=found,
        form=form,
        called=called,
        number=number,
        pages=pages_of(called.total, AGREEMENTS_PER_PAGE),
        places=places_named(found),
        in_force=found.is_in_force(now()),
        DRILL=DRILL,
    )


@blueprint.post("/declarations/<uuid:declaration_id>/activation")
@access(Permission.INFLUX_MANAGE, step_up=True)
def activate(declaration_id: uuid.UUID) -> ResponseReturnValue:
    """Activate the agreements chosen: all of them, or none and the reasons."""
    found, form = declaration_seen(declaration_id), ActivationForm.from_request()
    chosen = frozenset(one for text in request.form.getlist("agreements") if (one := as_id(text)))
    if not form.validate():
        return _activation(found, form, chosen=chosen, status=422)
    if form.which.data == "all":
        chosen = frozenset(queries.call_up(session(), declaration=found, now=now()).can_be)
    told, actor = form.told(found.time_zone), current_identity()
    try:
        service.activate(session(), actor=actor, declaration_id=declaration_id, agreement_ids=chosen, told=told, now=now())
    except NotActivated as refusal:
        return _activation(found, form, refusals=refusal.refusals, chosen=chosen, status=409)
    except NotDeclarable as refusal:
        form.which.errors = [str(refusal)]
        return _activation(found, form, chosen=chosen, status=422)
    return redirect(url_for("influx.declaration", declaration_id=declaration_id), 303)


@blueprint.get("/declarations/<uuid:declaration_id>/debts")
@access(Permission.INFLUX_MANAGE)
def debts(declaration_id: uuid.UUID) -> ResponseReturnValue:
    """Who under the orders of a declaration holds what, and what each owes."""
    found, number = declaration_seen(declaration_id), page_asked()
    orders = order_queries.orders_of(session(), found)
    rows = queries.debts(session(), orders=orders, now=now(), page=number)
    counts = queries.counts(session(), declaration_id=declaration_id, orders=orders)
    pages = pages_of(counts.covered, OFFICERS_PER_PAGE)
    facts: dict[str, Any] = {"declaration": found, "rows": rows, "number": number, "pages": pages, "orders": orders}
    facts["authorized"] = counts.authorized
    return page("activations/debts.html", duration=duration, now=now(), DRILL=DRILL, **facts)


@blueprint.get("/declarations/<uuid:declaration_id>/after-action")
@access(Permission.INFLUX_MANAGE)
def after_action(declaration_id: uuid.UUID) -> ResponseReturnValue:
    """The after-action data: who was covered by which order, what they held, what was missing and is still owed."""
    found = declaration_seen(declaration_id)
    orders = order_queries.orders_of(session(), found)
    rows = queries.debts(session(), orders=orders, now=now(), page=None)
    letters = queries.letters(session(), [order.id for order in orders])
    lines = (_cells(row, letters.get((row.order.id, row.officer.officer_id))) for row in rows)
    answer = Response(sheet(HEADINGS, lines), mimetype="text/csv")
    kind = "drill" if found.drill else "declaration"
    answer.headers["Content-Disposition"] = f'attachment; filename="after-action-{kind}-{found.id}.csv"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _cells(row: DebtRow, letter: Letter | None) -> tuple[object, ...]:
    order, paper, acknowledged = row.order, row.paper, row.officer.acknowledged_at
    ends = (
        min((end for end in (paper.life.expires_at, paper.life.ended and paper.life.ended.effective_at) if end), default=None)
        if paper
        else None
    )
    return (
        *(row.officer.name, row.officer.agency, order.decider, order.office, "; ".join(order.necessities)),
        *(order.confirmed_at and order.confirmed_at.isoformat(), acknowledged and acknowledged.isoformat(), row.class_title, row.standing),
        *(paper and display(paper.number), paper and paper.reserved_at.isoformat(), ends and ends.isoformat()),
        *("; ".join(row.subjects_missing), row.owes, row.minutes_owed, row.full and display(row.full.number)),
        *((letter.number, letter.starts_at.isoformat()) if letter else (None, None)),
    )


blueprints = [blueprint, order_views.blueprint]
