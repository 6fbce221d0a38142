"""Agencies, the people of the program, and the invitations by which they come in."""

import uuid
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts import granting, passwords
from lms.accounts import queries as accounts
from lms.accounts import service as accounts_service
from lms.accounts.browser import enter
from lms.accounts.permissions import STAFF_ROLES, Permission, Role
from lms.accounts.queries import PEOPLE_PER_PAGE, OpenInvitation
from lms.accounts.service import INVITATION_LASTS, AlreadyMade, InvitationGone, SignInAgain
from lms.agencies import agreement_views, inviting, nomination_views, place_queries, place_views, queries, role_views, service
from lms.agencies.forms import ROLE_LABELS, AgencyForm, EndingForm, InvitationForm, TransferForm, WelcomeForm
from lms.agencies.inviting import Guest
from lms.agencies.place_rules import named
from lms.agencies.queries import AGENCIES_PER_PAGE
from lms.agencies.rules import KIND_LABELS, STATES, TIME_ZONES, AgencyKind
from lms.agencies.service import AgencyExists
from lms.kernel.errors import NotFound
from lms.web import transaction
from lms.web.guard import PUBLIC, access, current_identity, identity_if_any
from lms.web.pages import page, page_asked, pages_of
from lms.web.transaction import now, session, settings

blueprint = Blueprint("agencies", __name__, template_folder="templates")

HOME = "/"
ENOUGH = 2
"""People who may invite, so that one of them can confirm what the other proposes."""


@blueprint.get("/agencies")
@access(Permission.AGENCY_READ)
def agencies() -> ResponseReturnValue:
    """The agencies that the person may see."""
    identity, number = current_identity(), page_asked()
    rows = queries.agencies(session(), identity=identity, now=now(), page=number)
    pages = pages_of(queries.agency_count(session(), identity=identity), AGENCIES_PER_PAGE)
    manages = identity.may(Permission.AGENCY_MANAGE)
    return page("agencies/agencies.html", rows=rows, number=number, pages=pages, manages=manages, kinds=KIND_LABELS, states=STATES)


@blueprint.get("/agencies/new")
@access(Permission.AGENCY_MANAGE)
def new_agency() -> ResponseReturnValue:
    """The form for a new agency."""
    return page("agencies/new_agency.html", form=AgencyForm())


@blueprint.post("/agencies")
@access(Permission.AGENCY_MANAGE)
def create_agency() -> ResponseReturnValue:
    """Create an agency."""
    form = AgencyForm.from_request()
    if not form.validate():
        return page("agencies/new_agency.html", form=form, status=422)
    sent = {"name": form.name.data, "state": form.state.data, "time_zone": form.time_zone.data}
    try:
        made = service.create_agency(session(), actor=current_identity(), kind=AgencyKind(form.kind.data), now=now(), **sent)
    except AgencyExists as refusal:
        form.name.errors = [str(refusal)]
        return page("agencies/new_agency.html", form=form, status=409)
    return redirect(url_for("agencies.agency", agency_id=made), 303)


@blueprint.get("/agencies/<uuid:agency_id>")
@access(Permission.AGENCY_READ)
def agency(agency_id: uuid.UUID) -> ResponseReturnValue:
    """One agency with its officers and coordinators."""
    identity = current_identity()
    found = queries.agency(session(), identity=identity, agency_id=agency_id)
    if found is None:
        raise NotFound("There is no such agency.")
    officers = queries.officers(session(), identity=identity, agency_id=agency_id, now=now())
    coordinators = queries.coordinators(session(), identity=identity, agency_id=agency_id, now=now())
    names = {"kind": KIND_LABELS[AgencyKind(found.kind)], "state": STATES[found.state], "zone": TIME_ZONES[found.time_zone]}
    names["counties"] = named(place_queries.counties_served(session(), [agency_id]).get(agency_id, ()))
    may = {"invites": identity.may(Permission.PERSON_INVITE), "manages": identity.may(Permission.AGENCY_MANAGE)}
    return page("agencies/agency.html", agency=found, officers=officers, coordinators=coordinators, names=names, **may)


@blueprint.get("/agencies/<uuid:agency_id>/officers/<uuid:officer_id>/transfer")
@access(Permission.AGENCY_MANAGE)
def transfer(agency_id: uuid.UUID, officer_id: uuid.UUID) -> ResponseReturnValue:
    """The form by which an officer moves to another agency."""
    return _transfer(agency_id, officer_id, TransferForm())


@blueprint.post("/agencies/<uuid:agency_id>/officers/<uuid:officer_id>/transfer")
@access(Permission.AGENCY_MANAGE)
def move_officer(agency_id: uuid.UUID, officer_id: uuid.UUID) -> ResponseReturnValue:
    """Move an officer to another agency."""
    form = TransferForm.from_request()
    form.offer(queries.agency_names(session()), but=agency_id)
    if not form.validate():
        return _transfer(agency_id, officer_id, form, status=422)
    sent = {"agency_id": agency_id, "to": uuid.UUID(form.to.data), "reason": form.reason.data}
    service.move_officer(session(), actor=current_identity(), officer_id=officer_id, now=now(), **sent)
    return redirect(url_for("agencies.agency", agency_id=agency_id), 303)


def _transfer(agency_id: uuid.UUID, officer_id: uuid.UUID, form: TransferForm, *, status: int = 200) -> ResponseReturnValue:
    found = queries.agency(session(), identity=current_identity(), agency_id=agency_id)
    officer = queries.officer_serving(session(), agency_id=agency_id, officer_id=officer_id, now=now())
    if found is None or officer is None:
        raise NotFound("There is no such officer.")
    form.offer(queries.agency_names(session()), but=agency_id)
    return page("agencies/transfer.html", agency=found, officer=officer, officer_id=officer_id, form=form, status=status)


@blueprint.get("/people")
@access(Permission.PERSON_INVITE)
def people() -> ResponseReturnValue:
    """Everybody with a role, and the invitations that wait."""
    number = page_asked()
    rows = accounts.people(session(), now=now(), page=number)
    pages = pages_of(accounts.people_count(session(), now=now()), PEOPLE_PER_PAGE)
    pending = accounts.pending_invitations(session(), now=now())
    waiting = granting.waiting(session(), now=now())
    listed = {row.agency_id for row in rows} | {row.agency_id for row in pending} | {row.agency_id for row in waiting}
    names = queries.names_of(session(), listed)
    facts = {"waiting": waiting, "alone": granting.second_persons(session(), now=now()) < ENOUGH, "own": current_identity().user_id}
    return page("agencies/people.html", rows=rows, number=number, pages=pages, pending=pending, agencies=names, **facts)


@blueprint.get("/people/invitations")
@access(Permission.PERSON_INVITE)
def new_invitation() -> ResponseReturnValue:
    """The form for an invitation; `agency` and `role` may be chosen by the page that leads here."""
    form = InvitationForm(data={"agency": request.args.get("agency", ""), "role": request.args.get("role", Role.OFFICER)})
    form.offer(queries.agency_names(session()))
    return page("agencies/new_invitation.html", form=form)


@blueprint.post("/people/invitations")
@access(Permission.PERSON_INVITE, step_up=True)
def invite() -> ResponseReturnValue:
    """Make an invitation, and show its link this once."""
    form = InvitationForm.from_request()
    form.offer(queries.agency_names(session()))
    if not form.validate():
        return page("agencies/new_invitation.html", form=form, status=422)
    guest = Guest(form.email.data, form.name.data, Role(form.role.data), form.agency_id)
    try:
        secret = inviting.invite(session(), actor=current_identity(), guest=guest, form_id=form.id_shown, now=now())
    except AlreadyMade:
        return page("agencies/already_invited.html", status=409)
    link = settings().url + url_for("agencies.invitation", secret=secret)
    second = guest.role in STAFF_ROLES
    return page("agencies/invited.html", name=form.name.data, link=link, expires_at=now() + INVITATION_LASTS, second=second)


@blueprint.post("/people/invitations/<uuid:invitation_id>/withdrawal")
@access(Permission.PERSON_INVITE)
def withdraw_invitation(invitation_id: uuid.UUID) -> ResponseReturnValue:
    """Withdraw an invitation that nobody took up."""
    accounts_service.withdraw_invitation(session(), actor=current_identity(), invitation_id=invitation_id, now=now())
    return redirect(url_for("agencies.people"), 303)


@blueprint.get("/people/grants/<uuid:grant_id>/ending")
@access(Permission.PERSON_INVITE)
def ending_of_grant(grant_id: uuid.UUID) -> ResponseReturnValue:
    """Ask why a role ends."""
    return page("agencies/ending.html", form=EndingForm(), **_role_shown(grant_id))


@blueprint.post("/people/grants/<uuid:grant_id>/ending")
@access(Permission.PERSON_INVITE, step_up=True)
def end_grant(grant_id: uuid.UUID) -> ResponseReturnValue:
    """End a role of a person, and their sessions with it."""
    form = EndingForm.from_request()
    if not form.validate():
        return page("agencies/ending.html", form=form, status=422, **_role_shown(grant_id))
    accounts_service.end_grant(session(), actor=current_identity(), grant_id=grant_id, reason=form.reason.data, now=now())
    return redirect(url_for("agencies.people"), 303)


def _role_shown(grant_id: uuid.UUID) -> dict[str, Any]:
    found = accounts.role_held(session(), grant_id=grant_id, now=now())
    if found is None:
        raise NotFound("There is no such role to end.")
    return {"person": found, "agency": queries.agency_name(session(), agency_id=found.agency_id) if found.agency_id else None}


@blueprint.get("/invitations/<secret>")
@access(PUBLIC)
def invitation(secret: str) -> ResponseReturnValue:
    """What an invitation offers, and how to take it up."""
    found = accounts.open_invitation(session(), token=secret, now=now())
    if found is None:
        return _gone()
    return _offer(found, WelcomeForm(data={"name": found.name if found.email else ""}, own_email=found.email))


@blueprint.post("/invitations/<secret>")
@access(PUBLIC, reading_only=True)
def take_up(secret: str) -> ResponseReturnValue:
    """Take up an invitation: as the person signed in, or by making an account."""
    found = accounts.open_invitation(session(), token=secret, now=now())
    if found is None:
        return _gone()
    if not found.confirmed or (identity_if_any() is None and found.known):
        return _offer(found, WelcomeForm(own_email=found.email), status=409)
    try:
        return _add_role(secret) if identity_if_any() else _make_account(secret, found)
    except InvitationGone:
        return _gone()


def _add_role(secret: str) -> ResponseReturnValue:
    identity = identity_if_any()
    with transaction.writing() as own:
        service.take_up_as(own, actor=identity, secret=secret, now=now())
    return redirect(HOME, 303)


def _make_account(secret: str, found: OpenInvitation) -> ResponseReturnValue:
    form = WelcomeForm.from_request(own_email=found.email)
    if not form.validate():
        return _offer(found, form, status=422)
    transaction.finish()  # hashing takes its time: no transaction stays open meanwhile
    hashed = passwords.hashed(form.password.data, fips=settings().fips)
    try:
        with transaction.writing() as own:
            welcome = service.take_up(own, secret=secret, name=form.name.data, email=form.whose[1], password_hash=hashed, now=now())
            enter(own, user_id=welcome.user_id, before=None, now=now())
    except SignInAgain as refusal:
        return _known_already(found, form, str(refusal))
    return redirect(HOME, 303)


def _known_already(found: OpenInvitation, form: WelcomeForm, refusal: str) -> ResponseReturnValue:
    if found.email:
        return _offer(replace(found, known=True), form, status=409)
    form.email.errors = [refusal]
    return _offer(found, form, status=409)


def _offer(found: OpenInvitation, form: WelcomeForm, *, status: int = 200) -> ResponseReturnValue:
    identity = identity_if_any()
    agency_name = queries.agency_name(session(), agency_id=found.agency_id) if found.agency_id else None
    mine = identity is not None and found.email in {"", identity.email}
    state = "confirm" if mine else "other" if identity else "known" if found.known else "new"
    if not found.confirmed and state != "other":
        state, status = "waiting", 403 if status == HTTPStatus.OK else status
    facts = {"found": found, "agency": agency_name, "role": ROLE_LABELS[found.role], "state": state}
    return page("agencies/invitation.html", form=form, status=403 if state == "other" else status, **facts)


def _gone() -> ResponseReturnValue:
    return page("agencies/invitation_gone.html", status=404)


blueprints = [blueprint, agreement_views.blueprint, nomination_views.blueprint, place_views.blueprint, role_views.blueprint]
