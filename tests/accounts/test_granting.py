"""Staff roles by two persons, accounts disabled and enabled, and how each ends sessions at once."""

import uuid
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts import closing, granting, queries, service
from lms.accounts.closing import DisabledAlready, NotDisabled, OwnAccount
from lms.accounts.granting import HeldAlready, NotStaff, NotTheSecond, ProposalGone
from lms.accounts.models import GrantProposal, Invitation
from lms.accounts.permissions import AGENCY_ROLES, STAFF_ROLES, Permission, Role
from lms.accounts.rules import SYSTEM
from lms.accounts.service import InvitationGone, NotConfirmed, OwnRoles, RoleNeedsAgency
from lms.audit.models import AuditEntry
from lms.db.session import Database
from lms.kernel.clock import FrozenClock
from lms.kernel.errors import NotFound
from lms.kernel.ids import new_id
from tests.accounts.factors import gives_the_password
from tests.support.browser import Visitor
from tests.support.cast import FAST_HASH, Cast, Person, cast_of, person


@pytest.fixture
def people(session: Session, clock: FrozenClock) -> Cast:
    return cast_of(session, now=clock.now())


@pytest.fixture
def deputy(session: Session, people: Cast, clock: FrozenClock) -> Person:
    del people
    return person(session, name="Noah Pike", role=Role.ADMINISTRATOR, now=clock.now())


def proposed(session: Session, cast: Cast, clock: FrozenClock, **changes: Any) -> uuid.UUID:
    sent: dict[str, Any] = {"user_id": cast.proctor.user_id, "role": Role.INSTRUCTOR, "agency_id": None, "form_id": new_id()}
    granting.propose(session, actor=cast.administrator.identity, now=clock.now(), **(sent | changes))
    session.flush()
    return session.scalars(select(GrantProposal.id).order_by(GrantProposal.at.desc())).first() or uuid.UUID(int=0)


def roles(session: Session, whom: Person, clock: FrozenClock) -> set[Role]:
    return {one.role for one in queries.roles_of(session, user_id=whom.user_id, now=clock.now())}


def invited(
    session: Session, cast: Cast, clock: FrozenClock, *, role: Role = Role.PROCTOR, email: str = "jo@example.gov"
) -> tuple[str, uuid.UUID]:
    sent: dict[str, Any] = {"email": email, "name": "Jo", "role": role, "agency_id": cast.palmetto if role in AGENCY_ROLES else None}
    secret = service.invite(session, actor=cast.administrator.identity, now=clock.now(), **sent)
    session.flush()
    return secret, session.scalars(select(Invitation.id).where(Invitation.email == email, Invitation.invited_by.is_not(None))).one()


# --- Invitations ---


@pytest.mark.parametrize("role", sorted(Role))
def test_the_link_of_a_staff_role_opens_nothing_until_a_second_person_confirms(
    session: Session, people: Cast, deputy: Person, clock: FrozenClock, role: Role
) -> None:
    secret, invitation_id = invited(session, people, clock, role=role)
    sent: dict[str, Any] = {"secret": secret, "name": "Jo", "password_hash": FAST_HASH, "now": clock.now()}
    if role in STAFF_ROLES:
        with pytest.raises(NotConfirmed):
            service.take_up(session, **sent)
        granting.confirm_invitation(session, actor=deputy.identity, invitation_id=invitation_id, now=clock.now())
        session.flush()
    assert service.take_up(session, **sent).role is role


def test_who_invited_cannot_confirm_and_neither_can_who_is_invited(
    session: Session, people: Cast, deputy: Person, clock: FrozenClock
) -> None:
    _, invitation_id = invited(session, people, clock, email=deputy.email)
    for who in (people.administrator, deputy):
        with pytest.raises(NotTheSecond):
            granting.confirm_invitation(session, actor=who.identity, invitation_id=invitation_id, now=clock.now())


def test_an_invitation_is_confirmed_once_and_an_officers_never(session: Session, people: Cast, deputy: Person, clock: FrozenClock) -> None:
    _, staff = invited(session, people, clock)
    _, officer = invited(session, people, clock, role=Role.OFFICER, email="bo@example.gov")
    granting.confirm_invitation(session, actor=deputy.identity, invitation_id=staff, now=clock.now())
    session.flush()
    for one in (staff, officer, uuid.uuid4()):
        with pytest.raises(InvitationGone):
            granting.confirm_invitation(session, actor=deputy.identity, invitation_id=one, now=clock.now())


def test_nobody_invites_themselves_to_a_staff_role(session: Session, people: Cast, clock: FrozenClock) -> None:
    with pytest.raises(OwnRoles):
        invited(session, people, clock, email=people.administrator.email.upper())


def test_nobody_takes_up_what_they_sent_themselves(session: Session, people: Cast, deputy: Person, clock: FrozenClock) -> None:
    """Their own address could have been changed after the invitation was made."""
    secret, invitation_id = invited(session, people, clock)
    granting.confirm_invitation(session, actor=deputy.identity, invitation_id=invitation_id, now=clock.now())
    session.flush()
    with pytest.raises(OwnRoles):
        service.take_up_as(session, actor=replace(people.administrator.identity, email="jo@example.gov"), secret=secret, now=clock.now())


# --- Proposals ---


def test_a_role_counts_when_a_second_person_confirms_it_and_ends_the_sessions(
    session: Session, people: Cast, deputy: Person, clock: FrozenClock
) -> None:
    opened = service.open_session(session, user_id=people.proctor.user_id, browser="", now=clock.now())
    proposal = proposed(session, people, clock)
    assert roles(session, people.proctor, clock) == {Role.PROCTOR}
    granting.confirm(session, actor=deputy.identity, proposal_id=proposal, now=clock.now())
    session.flush()
    assert roles(session, people.proctor, clock) == {Role.PROCTOR, Role.INSTRUCTOR}
    assert queries.identity_of(session, token=opened.secret, now=clock.now()) is None


def test_a_declined_proposal_gives_nothing_and_is_decided_once(session: Session, people: Cast, deputy: Person, clock: FrozenClock) -> None:
    proposal = proposed(session, people, clock)
    granting.decline(session, actor=deputy.identity, proposal_id=proposal, now=clock.now())
    session.flush()
    for act in (granting.confirm, granting.decline):
        with pytest.raises(ProposalGone):
            act(session, actor=deputy.identity, proposal_id=proposal, now=clock.now())
    assert roles(session, people.proctor, clock) == {Role.PROCTOR}


def test_nobody_proposes_confirms_or_declines_for_themselves(session: Session, people: Cast, deputy: Person, clock: FrozenClock) -> None:
    with pytest.raises(OwnRoles):
        proposed(session, people, clock, user_id=people.administrator.user_id)
    own = proposed(session, people, clock, user_id=deputy.user_id, role=Role.CERTIFIER)
    with pytest.raises(NotTheSecond):
        granting.confirm(session, actor=deputy.identity, proposal_id=own, now=clock.now())
    with pytest.raises(OwnRoles):
        granting.decline(session, actor=deputy.identity, proposal_id=own, now=clock.now())
    with pytest.raises(NotTheSecond):
        granting.confirm(session, actor=people.administrator.identity, proposal_id=own, now=clock.now())


def test_what_cannot_be_is_refused_with_a_reason(session: Session, people: Cast, clock: FrozenClock) -> None:
    faults: list[tuple[type[Exception], dict[str, Any]]] = [
        (NotStaff, {"role": Role.OFFICER, "agency_id": people.palmetto}),
        (RoleNeedsAgency, {"role": Role.COORDINATOR}),
        (RoleNeedsAgency, {"agency_id": people.palmetto}),
        (HeldAlready, {"role": Role.PROCTOR}),
        (NotFound, {"user_id": uuid.uuid4()}),
    ]
    for refusal, changes in faults:
        with pytest.raises(refusal):
            proposed(session, people, clock, **changes)


def test_the_machine_itself_counts_as_the_second_person_and_is_named_as_such(session: Session, people: Cast, clock: FrozenClock) -> None:
    assert granting.second_persons(session, now=clock.now()) == 1
    proposal = proposed(session, people, clock)
    granting.confirm(session, actor=SYSTEM, proposal_id=proposal, now=clock.now())
    session.flush()
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "confirmed a role")).one()
    assert (entry.actor_id, entry.details["second person"]) == (None, "command line")


def test_what_waits_is_listed_for_whom_it_concerns(session: Session, people: Cast, deputy: Person, clock: FrozenClock) -> None:
    invited(session, people, clock)
    proposed(session, people, clock, user_id=deputy.user_id, role=Role.CERTIFIER)
    assert [(one.role, one.by_invitation) for one in granting.waiting(session, now=clock.now())] == [
        (Role.PROCTOR, True),
        (Role.CERTIFIER, False),
    ]
    assert granting.awaiting(session, actor=deputy.identity, now=clock.now()) == 1
    assert granting.awaiting(session, actor=people.administrator.identity, now=clock.now()) == 0


# --- Accounts ---


def test_a_disabled_account_is_signed_out_and_not_let_in_until_it_is_enabled(app: Flask, cast: Cast) -> None:
    administrator, proctor = Visitor(app).signs_in_as(cast.administrator), Visitor(app).signs_in_as(cast.proctor)
    path = f"/people/{cast.proctor.user_id}"
    assert administrator.sends(f"{path}/disabling", reason="").status_code == 422
    assert administrator.sends(f"{path}/disabling", reason="On leave").status_code == 303
    assert proctor.opens("/account").headers["Location"].startswith("/sign-in?next=")
    answer = gives_the_password(Visitor(app), cast.proctor)
    assert answer.status_code == 403
    assert "This account is disabled" in answer.text
    wrong = Visitor(app).sends("/sign-in", email=cast.proctor.email, password="not the password")
    assert "disabled" not in wrong.text
    assert "On leave" in administrator.opens(f"{path}/disabling").text
    assert "Disabled" in administrator.opens("/people").text
    assert "This account is disabled: On leave" in administrator.opens(path).text
    assert administrator.sends(f"{path}/enabling").status_code == 303
    Visitor(app).signs_in_as(cast.proctor)


def test_nobody_disables_or_enables_their_own_account_and_nothing_twice(
    session: Session, people: Cast, deputy: Person, clock: FrozenClock
) -> None:
    whom: dict[str, Any] = {"user_id": people.administrator.user_id, "now": clock.now()}
    with pytest.raises(OwnAccount):
        closing.disable(session, actor=people.administrator.identity, reason="Mine", **whom)
    with pytest.raises(NotDisabled):
        closing.enable(session, actor=deputy.identity, **whom)
    closing.disable(session, actor=deputy.identity, reason="Left", **whom)
    session.flush()
    assert granting.second_persons(session, now=clock.now()) == 1
    with pytest.raises(DisabledAlready):
        closing.disable(session, actor=deputy.identity, reason="Left", **whom)
    with pytest.raises(OwnAccount):
        closing.enable(session, actor=people.administrator.identity, **whom)
    with pytest.raises(NotFound):
        closing.disable(session, actor=deputy.identity, user_id=uuid.uuid4(), reason="Nobody", now=clock.now())


# --- Pages ---


def test_nothing_about_oneself_is_offered(app: Flask, cast: Cast) -> None:
    administrator = Visitor(app).signs_in_as(cast.administrator)
    offered = ("End role", "Another role", "Reset second factors", "Disable the account")
    other, own = (administrator.opens(f"/people/{who.user_id}").text for who in (cast.proctor, cast.administrator))
    assert [text for text in offered if text not in other] == []
    assert [text for text in offered if text in own] == []
    assert administrator.opens(f"/people/{uuid.uuid4()}").status_code == 404


def test_two_administrators_give_a_role_in_the_browser(app: Flask, cast: Cast, sqlite: Database, clock: FrozenClock) -> None:
    administrator = Visitor(app).signs_in_as(cast.administrator)
    path = f"/people/{cast.proctor.user_id}/roles"
    assert "Proctor" in administrator.opens(path).text
    sent = {"form_id": administrator.page.hidden("form_id"), "agency": ""}
    assert administrator.sends(path, **sent).status_code == 422
    assert administrator.sends(path, role="proctor", **sent).status_code == 409
    for _ in range(2):
        people_page = administrator.follows(administrator.sends(path, role="certifier", **sent)).text
    assert people_page.count("Waiting for a second person") >= 1
    assert "You are the only administrator" in people_page
    assert "Take back" in people_page
    with sqlite.writing() as session:
        deputy = person(session, name="Noah Pike", role=Role.ADMINISTRATOR, now=clock.now())
    second = Visitor(app).signs_in_as(deputy)
    assert "1 staff role waits for a second person" in second.opens("/").text
    second.opens("/people")
    addresses = [str(one.attributes["action"]) for one in second.page.all("form")]
    confirmation = next(one for one in addresses if one.endswith("/confirmation"))
    assert administrator.sends(confirmation).status_code == 403
    assert second.sends(confirmation).status_code == 303
    assert "You are the only administrator" not in second.opens("/people").text
    with sqlite.reading() as session:
        assert roles(session, cast.proctor, clock) == {Role.PROCTOR, Role.CERTIFIER}


def test_the_map_of_permissions_is_drawn_from_the_data(app: Flask, cast: Cast) -> None:
    page = Visitor(app).signs_in_as(cast.officer).opens("/permissions").text
    for permission in Permission:
        assert f"{permission[0].upper()}{permission[1:]}".replace("'", "&#39;") in page
    for role in Role:
        assert role.capitalize() in page
    assert page.count("For its acts, not older than ten minutes") >= 4


def test_the_account_page_tells_roles_agency_and_factors(app: Flask, cast: Cast) -> None:
    page = Visitor(app).signs_in_as(cast.coordinator).opens("/account").text
    for text in ("Coordinator", "Palmetto County Sheriff&#39;s Office", "Nov 22, 2026", "A passkey of the tests"):
        assert text in page
    assert "Your password alone opens your account" in Visitor(app).signs_in_as(cast.officer).opens("/account").text
