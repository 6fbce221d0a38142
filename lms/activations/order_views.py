"""The pages of orders on training: making one, a second person's word, extension, the classes of its officers, and acknowledgment."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from lms.accounts.permissions import Permission
from lms.activations import queries
from lms.activations.forms import (
    TREATMENTS,
    FinishingForm,
    OrderExtensionForm,
    OrderForm,
    PlacementForm,
    coverage_from,
    draft_from,
    scope_from,
)
from lms.courses.queries import CourseRow
from lms.db.types import as_id
from lms.enrollments import tracks
from lms.enrollments.enrolling.service import NotQualified
from lms.enrollments.tracks import NoPlace, NotCovered, NotNominated, WrongClass
from lms.influx import agreement_queries, order_queries, order_service
from lms.influx.order_queries import OFFICERS_PER_PAGE, OrderDetail
from lms.influx.order_rules import WORDING
from lms.influx.order_service import AlreadyOrdered, Incomplete, NoSuchOrder, NotExtendable
from lms.influx.queries import DeclarationDetail
from lms.influx.rules import DRILL
from lms.influx.views import declaration_seen
from lms.kernel.errors import NotFound
from lms.web.guard import access, current_identity
from lms.web.pages import page, page_asked, pages_of
from lms.web.transaction import abandon, now, session

blueprint = Blueprint("orders", __name__, template_folder="templates")


@blueprint.get("/declarations/<uuid:declaration_id>/orders")
@access(Permission.INFLUX_MANAGE)
def orders(declaration_id: uuid.UUID) -> ResponseReturnValue:
    """The orders under a declaration."""
    found = declaration_seen(declaration_id)
    rows = order_queries.orders_of(session(), found)
    return page("activations/orders.html", declaration=found, rows=rows, now=now(), DRILL=DRILL)


@blueprint.get("/declarations/<uuid:declaration_id>/orders/new")
@access(Permission.INFLUX_MANAGE)
def new_order(declaration_id: uuid.UUID) -> ResponseReturnValue:
    """The form for an order."""
    return _order_form(declaration_seen(declaration_id), OrderForm(), MultiDict(), ())


def _order_form(found: DeclarationDetail, form: OrderForm, sent: MultiDict[str, str], unmet: Any, status: int = 200) -> Response:
    rows = [row for row in agreement_queries.standings(session(), declaration=found, now=now()) if row.awake]
    officers = queries.officers_serving(session(), {row.agency_id for row in rows}, now=now())
    facts = {"declaration": found, "form": form, "rows": rows, "officers": officers, "sent": sent, "unmet": unmet}
    return page(
        "activations/new_order.html",
        course=_course(sent.get("course", "")),
        ends=found.ends_at(now()),
        treatments=TREATMENTS,
        DRILL=DRILL,
        status=status,
        **facts,
    )


def _course(course_id: str) -> CourseRow:
    """The prescribed course that was asked for; else the first there is."""
    found = queries.whole_courses(session())
    if not found:
        raise NotFound("No course for a mass influx has been published.")
    return next((row for row in found if row.course_id == course_id), found[0])


@blueprint.post("/declarations/<uuid:declaration_id>/orders")
@access(Permission.INFLUX_MANAGE, step_up=True)
def order(declaration_id: uuid.UUID) -> ResponseReturnValue:
    """Record an order."""
    found, form, sent = declaration_seen(declaration_id), OrderForm.from_request(), request.form
    if not form.validate():
        return _order_form(found, form, sent, (), 422)
    course = _course(sent.get("course", ""))
    coverage = coverage_from(agreement_queries.standings(session(), declaration=found, now=now()), sent)
    draft = draft_from(form, course, coverage, scope_from(course, sent), zone=found.time_zone)
    try:
        made = order_service.order(
            session(), actor=current_identity(), declaration_id=declaration_id, draft=draft, form_id=form.id_shown, now=now()
        )
    except Incomplete as refusal:
        return _order_form(found, form, sent, refusal.unmet, 422)
    except AlreadyOrdered:
        return redirect(url_for("orders.orders", declaration_id=declaration_id), 303)
    return redirect(url_for("orders.detail", order_id=made), 303)


@blueprint.get("/orders/<uuid:order_id>")
@access(Permission.INFLUX_MANAGE)
def detail(order_id: uuid.UUID) -> ResponseReturnValue:
    """One order: what it says, whom it covers, and where each officer stands."""
    return _order(_seen(order_id))


def _seen(order_id: uuid.UUID) -> OrderDetail:
    found = order_queries.order(session(), order_id)
    if found is None:
        raise NoSuchOrder("There is no such order.")
    return found


def _order(found: OrderDetail, status: int = 200, **filled: Any) -> Response:
    number = page_asked()
    forms = {"extension": OrderExtensionForm(prefix="x-"), "placement": _placement(found), "finishing": _finishing(found)} | filled
    return page(
        "activations/order.html",
        order=found,
        covered=order_queries.covered(session(), found.id),
        rows=queries.debts(session(), orders=[found], now=now(), page=number),
        unconfirmed=order_queries.officers_of(session(), [found.id], page=number) if found.confirmed_at is None else [],
        number=number,
        pages=pages_of(order_queries.officer_count(session(), [found.id]), OFFICERS_PER_PAGE),
        own=current_identity().user_id,
        now=now(),
        DRILL=DRILL,
        status=status,
        **forms,
    )


def _placement(found: OrderDetail) -> PlacementForm:
    form: PlacementForm = PlacementForm.from_request()
    form.offer([(row.id, f"{row.title}: {row.course_title} ({row.track})") for row in tracks.classes_for(session(), found, now=now())])
    return form


def _finishing(found: OrderDetail) -> FinishingForm:
    form: FinishingForm = FinishingForm.from_request()
    form.offer(tracks.finishing_classes(session(), found, now=now()))
    return form


@blueprint.post("/orders/<uuid:order_id>/confirmation")
@access(Permission.INFLUX_MANAGE, step_up=True)
def confirm(order_id: uuid.UUID) -> ResponseReturnValue:
    """Confirm an order that somebody else recorded."""
    order_service.confirm(session(), actor=current_identity(), order_id=order_id, now=now())
    return redirect(url_for("orders.detail", order_id=order_id), 303)


@blueprint.post("/orders/<uuid:order_id>/extensions")
@access(Permission.INFLUX_MANAGE, step_up=True)
def extend(order_id: uuid.UUID) -> ResponseReturnValue:
    """Record a later end of an order."""
    found, form = _seen(order_id), OrderExtensionForm.from_request(prefix="x-")
    if not form.validate():
        return _order(found, 422, extension=form)
    later = form.later(found.declaration.time_zone)
    try:
        order_service.extend(session(), actor=current_identity(), order_id=order_id, later=later, now=now())
    except NotExtendable as refusal:
        form.ends_on.errors = [str(refusal)]
        return _order(found, 422, extension=form)
    return redirect(url_for("orders.detail", order_id=order_id), 303)


@blueprint.post("/orders/<uuid:order_id>/extensions/<uuid:extension_id>/confirmation")
@access(Permission.INFLUX_MANAGE, step_up=True)
def confirm_extension(order_id: uuid.UUID, extension_id: uuid.UUID) -> ResponseReturnValue:
    """Confirm a later end that somebody else recorded."""
    order_service.confirm_extension(session(), actor=current_identity(), order_id=order_id, extension_id=extension_id, now=now())
    return redirect(url_for("orders.detail", order_id=order_id), 303)


@blueprint.post("/orders/<uuid:order_id>/track")
@access(Permission.INFLUX_MANAGE)
def put_on_track(order_id: uuid.UUID) -> ResponseReturnValue:
    """Enroll officers in a class that carries out the order."""
    found = _seen(order_id)
    return _place(found, "placement", _placement(found), tracks.put_on_track)


@blueprint.post("/orders/<uuid:order_id>/finishing")
@access(Permission.INFLUX_MANAGE)
def take_up_whole(order_id: uuid.UUID) -> ResponseReturnValue:
    """Enroll officers in a class of the whole course, with their credit."""
    found = _seen(order_id)
    return _place(found, "finishing", _finishing(found), tracks.take_up_whole)


def _place(found: OrderDetail, name: str, form: PlacementForm, place: Callable[..., int]) -> ResponseReturnValue:
    offering_id = as_id(form.of_class.data or "") if form.validate() else None
    if offering_id is None:
        return _order(found, 422, **{name: form})
    chosen = {"offering_id": offering_id, "officer_ids": form.officer_ids}
    try:
        place(session(), actor=current_identity(), order=found, now=now(), **chosen)
    except (WrongClass, NotCovered, NotNominated, NoPlace, NotQualified) as refusal:
        abandon()
        form.of_class.errors = [str(refusal)]
        return _order(found, 422, **{name: form})
    return redirect(url_for("orders.detail", order_id=found.id), 303)


@blueprint.get("/orders/<uuid:order_id>/acknowledgment")
@access(Permission.COURSE_TAKE)
def acknowledgment(order_id: uuid.UUID) -> ResponseReturnValue:
    """What an officer under an order acknowledges, what is waived, and what stays owed."""
    own = order_queries.own_orders(session(), actor=current_identity())
    found = next((one for one in own if one.order.id == order_id), None)
    if found is None:
        raise NoSuchOrder("There is no such order.")
    return page("activations/acknowledgment.html", found=found, wording=WORDING, now=now(), DRILL=DRILL)


@blueprint.post("/orders/<uuid:order_id>/acknowledgment")
@access(Permission.COURSE_TAKE)
def acknowledge(order_id: uuid.UUID) -> ResponseReturnValue:
    """Acknowledge policies and standards."""
    order_service.acknowledge(session(), actor=current_identity(), order_id=order_id, now=now())
    return redirect(url_for("home.first_page"), 303)
