"""People come in by links that work once, for one person, for seven days."""

import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.accounts import granting
from lms.accounts import queries as accounts
from lms.accounts import service as accounts_service
from lms.accounts.models import Grant, Invitation, InvitationUse, User
from lms.accounts.permissions import Role
from lms.accounts.rules import SYSTEM
from lms.agencies.models import Membership
from lms.app import create_app
from lms.audit.models import AuditEntry
from lms.db.session import Database
from lms.kernel.clock import FrozenClock
from lms.web.site import Site
from tests.support.browser import Visitor
from tests.support.cast import Cast, cast_of

GOOD = "eleven quiet kettles"
PASSWORDS = {"password": GOOD, "again": GOOD}


@pytest.fixture
def cast(sqlite: Database, clock: FrozenClock) -> Cast:
    with sqlite.writing() as session:
        return cast_of(session, now=clock.now())


@pytest.fixture
def administrator(app: Flask, cast: Cast) -> Visitor:
    return Visitor(app).signs_in_as(cast.administrator)


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    return Visitor(app)


def invitation_of(administrator: Visitor, **changed: object) -> str:
    """Make an invitation in the browser, of an officer by default, and return the path of its link."""
    administrator.opens("/people/invitations")
    sent = {"name": "Jo Whitaker", "email": "jo.whitaker@example.gov", "role": "officer", "agency": ""} | changed
    if sent["role"] == "officer" and not sent["agency"]:
        sent["agency"] = next(value for one in administrator.page.all("option") if (value := one.attributes.get("value")))
    sent["form_id"] = administrator.page.hidden("form_id")
    answer = administrator.sends("/people/invitations", **sent)
    assert answer.status_code == 200, answer.text
    found = re.search(r'value="http://[^/"]+(/invitations/[^"]+)"', answer.text)
    assert found, answer.text
    return found[1]


def a_second_person_confirms(database: Database, clock: FrozenClock) -> None:
    """Confirm on the machine itself whatever waits."""
    with database.writing() as session:
        for one in granting.waiting(session, now=clock.now()):
            granting.confirm_invitation(session, actor=SYSTEM, invitation_id=one.id, now=clock.now())


def test_an_administrator_invites_and_the_person_makes_an_account(administrator: Visitor, visitor: Visitor, cast: Cast) -> None:
    link = invitation_of(administrator, role="officer", agency=cast.palmetto)
    page = visitor.opens(link)
    assert "Palmetto County Sheriff&#39;s Office" in page.text
    answer = visitor.sends(link, name="Jo Whitaker", **PASSWORDS)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert "Jo Whitaker" in visitor.opens("/account").text
    assert "Jo Whitaker" in administrator.opens(f"/agencies/{cast.palmetto}").text


def test_an_officer_made_by_invitation_serves_in_its_agency(administrator: Visitor, visitor: Visitor, cast: Cast, sqlite: Database) -> None:
    visitor.sends(invitation_of(administrator, role="officer", agency=cast.palmetto), name="Jo Whitaker", **PASSWORDS)
    with sqlite.reading() as session:
        assert session.scalar(select(func.count()).where(Membership.agency_id == cast.palmetto)) == 2


def test_the_link_is_shown_only_once(administrator: Visitor) -> None:
    secret = invitation_of(administrator).rpartition("/")[2]
    people = administrator.opens("/people")
    assert "jo.whitaker@example.gov" in people.text
    assert secret not in people.text


def test_the_same_form_sent_again_makes_no_second_invitation(administrator: Visitor, sqlite: Database) -> None:
    administrator.opens("/people/invitations")
    sent = {
        "name": "Jo Whitaker",
        "email": "jo@example.gov",
        "role": "proctor",
        "agency": "",
        "form_id": administrator.page.hidden("form_id"),
    }
    assert administrator.sends("/people/invitations", **sent).status_code == 200
    again = administrator.sends("/people/invitations", **sent)
    assert again.status_code == 409
    assert "already made" in again.text
    administrator.opens("/people/invitations")
    assert administrator.page.hidden("form_id") != sent["form_id"]
    with sqlite.reading() as session:
        assert session.scalar(select(func.count()).where(Invitation.email == "jo@example.gov")) == 1


def test_a_form_that_was_corrected_keeps_its_id(administrator: Visitor) -> None:
    administrator.opens("/people/invitations")
    sent = {"name": "Jo", "role": "proctor", "agency": "", "form_id": administrator.page.hidden("form_id")}
    assert administrator.sends("/people/invitations", email="jo", **sent).status_code == 422
    assert administrator.page.hidden("form_id") == sent["form_id"]
    assert administrator.sends("/people/invitations", email="jo@example.gov", **sent).status_code == 200


@pytest.mark.parametrize("form_id", ["", "not an id"])
def test_a_form_without_its_id_is_refused(administrator: Visitor, form_id: str) -> None:
    sent = {"name": "Jo", "email": "jo@example.gov", "role": "proctor", "agency": "", "form_id": form_id}
    assert administrator.sends("/people/invitations", **sent).status_code == 422


def pending(database: Database, clock: FrozenClock, email: str) -> list[uuid.UUID]:
    with database.reading() as session:
        return [row.id for row in accounts.pending_invitations(session, now=clock.now()) if row.email == email]


def test_a_withdrawn_invitation_answers_as_gone(
    administrator: Visitor, visitor: Visitor, cast: Cast, sqlite: Database, clock: FrozenClock
) -> None:
    link = invitation_of(administrator)
    [invitation_id] = pending(sqlite, clock, "jo.whitaker@example.gov")
    visitor.opens(link)
    withdrawal = f"/people/invitations/{invitation_id}/withdrawal"
    assert withdrawal in administrator.opens("/people").text
    assert administrator.sends(withdrawal).status_code == 303
    assert "jo.whitaker@example.gov" not in administrator.opens("/people").text
    assert visitor.sends(link, name="Jo Whitaker", **PASSWORDS).status_code == 404
    assert visitor.opens(link).text == visitor.opens("/invitations/nothing").text
    assert administrator.sends(withdrawal).status_code == 404
    with sqlite.reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "withdrew an invitation")).one()
        assert (entry.actor_id, entry.object_id) == (cast.administrator.user_id, str(invitation_id))


def test_an_invitation_that_was_used_cannot_be_withdrawn(
    administrator: Visitor, visitor: Visitor, sqlite: Database, clock: FrozenClock
) -> None:
    link = invitation_of(administrator)
    [invitation_id] = pending(sqlite, clock, "jo.whitaker@example.gov")
    visitor.sends(link, name="Jo Whitaker", **PASSWORDS)
    assert administrator.sends(f"/people/invitations/{invitation_id}/withdrawal").status_code == 404


def test_only_an_administrator_withdraws(
    administrator: Visitor, visitor: Visitor, cast: Cast, sqlite: Database, clock: FrozenClock
) -> None:
    invitation_of(administrator)
    [invitation_id] = pending(sqlite, clock, "jo.whitaker@example.gov")
    visitor.signs_in_as(cast.coordinator)
    assert visitor.sends(f"/people/invitations/{invitation_id}/withdrawal").status_code == 403


def test_a_link_works_once(administrator: Visitor, app: Flask) -> None:
    link = invitation_of(administrator)
    Visitor(app).sends(link, name="Jo Whitaker", **PASSWORDS)
    late = Visitor(app)
    assert late.opens(link).status_code == 404
    assert late.sends(link, name="Mallory", **PASSWORDS).status_code == 404


def test_a_used_an_expired_and_an_invented_link_look_alike(administrator: Visitor, app: Flask, clock: FrozenClock) -> None:
    used, expired = invitation_of(administrator), invitation_of(administrator, email="other@example.gov")
    Visitor(app).sends(used, name="Jo Whitaker", **PASSWORDS)
    clock.advance(timedelta(days=7))
    answers = [Visitor(app).opens(link) for link in (used, expired, "/invitations/nothing")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1


def test_a_link_is_refused_at_the_moment_it_expires(administrator: Visitor, visitor: Visitor, clock: FrozenClock) -> None:
    link = invitation_of(administrator)
    clock.advance(timedelta(days=7) - timedelta(milliseconds=1))
    assert visitor.opens(link).status_code == 200
    clock.advance(timedelta(milliseconds=1))
    assert visitor.sends(link, name="Jo Whitaker", **PASSWORDS).status_code == 404


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("short one", "Use at least 12 characters"),
        ("Password2026!", "one of the first passwords"),
        ("whitaker rides again", "Leave your name"),
    ],
)
def test_a_weak_password_is_refused_and_says_why(administrator: Visitor, visitor: Visitor, password: str, says: str) -> None:
    answer = visitor.sends(invitation_of(administrator), name="Jo Whitaker", password=password, again=password)
    assert answer.status_code == 422
    assert says in answer.text
    assert password not in answer.text


def test_two_passwords_that_differ_are_refused(administrator: Visitor, visitor: Visitor) -> None:
    answer = visitor.sends(invitation_of(administrator), name="Jo Whitaker", password=GOOD, again=f"{GOOD}!")
    assert "The two do not match." in answer.text


def test_a_person_with_an_account_signs_in_and_confirms(
    administrator: Visitor, visitor: Visitor, cast: Cast, sqlite: Database, clock: FrozenClock
) -> None:
    link = invitation_of(administrator, email=cast.proctor.email.upper(), role="certifier")
    assert "A second person must confirm" in visitor.opens(link).text
    a_second_person_confirms(sqlite, clock)
    assert "Sign in to go on" in visitor.opens(link).text
    assert visitor.sends(link, name="Mallory", **PASSWORDS).status_code == 409
    visitor.signs_in_as(cast.proctor)
    assert "Take up this role" in visitor.opens(link).text
    assert visitor.sends(link).status_code == 303
    told = visitor.opens("/account").text
    assert ">Certifier<" in told
    assert ">Proctor<" in told


def test_the_wrong_person_cannot_take_up_an_invitation(administrator: Visitor, visitor: Visitor, cast: Cast) -> None:
    link = invitation_of(administrator, email=cast.proctor.email, role="administrator")
    visitor.signs_in_as(cast.outsider)
    assert visitor.opens(link).status_code == 403
    assert cast.proctor.email not in visitor.opens(link).text
    assert visitor.sends(link).status_code == 403


@pytest.mark.parametrize(
    ("role", "has_agency", "says"),
    [("officer", False, "Choose the agency of the officer or coordinator."), ("proctor", True, "choose no agency")],
)
def test_a_role_goes_with_an_agency_or_without(administrator: Visitor, cast: Cast, role: str, has_agency: bool, says: str) -> None:
    agency = cast.palmetto if has_agency else ""
    answer = administrator.sends("/people/invitations", name="Jo", email="jo@example.gov", role=role, agency=agency)
    assert answer.status_code == 422
    assert says in answer.text


def test_an_invitation_to_no_address_is_refused(administrator: Visitor) -> None:
    answer = administrator.sends("/people/invitations", name="Jo", email="jo at example", role="proctor", agency="")
    assert "Enter a whole e-mail address." in answer.text


def test_ending_a_role_signs_the_person_out_at_once(
    administrator: Visitor, visitor: Visitor, cast: Cast, sqlite: Database, clock: FrozenClock
) -> None:
    visitor.signs_in_as(cast.proctor)
    with sqlite.reading() as session:
        grants = {row.user_id: row.grant_id for row in accounts.people(session, now=clock.now())}
    ending = f"/people/grants/{grants[cast.proctor.user_id]}/ending"
    assert "Priya Nair" in administrator.opens(ending).text
    assert administrator.sends(ending, reason="").status_code == 422
    assert administrator.sends(ending, reason="Left the program").status_code == 303
    assert visitor.opens("/account").status_code == 302
    assert "Priya Nair" not in administrator.opens("/people").text
    assert administrator.opens(ending).status_code == 404


def test_nobody_ends_their_own_role(administrator: Visitor, cast: Cast, sqlite: Database, clock: FrozenClock) -> None:
    with sqlite.reading() as session:
        grants = {row.user_id: row.grant_id for row in accounts.people(session, now=clock.now())}
    answer = administrator.sends(f"/people/grants/{grants[cast.administrator.user_id]}/ending", reason="Enough")
    assert answer.status_code == 403


def test_who_made_the_account_in_the_meantime_is_told_to_sign_in(administrator: Visitor, app: Flask) -> None:
    first, second = invitation_of(administrator), invitation_of(administrator, name="Jo W.")
    Visitor(app).sends(first, name="Jo Whitaker", **PASSWORDS)
    answer = Visitor(app).sends(second, name="Jo Whitaker", **PASSWORDS)
    assert answer.status_code == 409
    assert "Sign in to go on" in answer.text


@pytest.fixture
def app_on_each(database: Database, site: Site) -> Flask:
    """The application on each kind of database."""
    return create_app(replace(site, database=database))


def test_a_person_is_taken_in_or_the_invitation_is_withdrawn_but_never_both(
    app_on_each: Flask, database: Database, clock: FrozenClock
) -> None:
    with database.writing() as session:
        cast = cast_of(session, now=clock.now())
        secret = accounts_service.invite(
            session, actor=SYSTEM, email="jo@example.gov", name="Jo", role=Role.PROCTOR, agency_id=None, now=clock.now()
        )
    [invitation_id] = pending(database, clock, "jo@example.gov")
    person, administrator = Visitor(app_on_each), Visitor(app_on_each).signs_in_as(cast.administrator)
    person.opens(f"/invitations/{secret}")
    administrator.opens("/people")
    with ThreadPoolExecutor(2) as pool:
        taking = pool.submit(person.sends, f"/invitations/{secret}", name="Jo Whitaker", **PASSWORDS)
        withdrawing = pool.submit(administrator.sends, f"/people/invitations/{invitation_id}/withdrawal")
    assert sorted([taking.result().status_code, withdrawing.result().status_code]) == [303, 404]


def test_two_at_once_make_one_account(app_on_each: Flask, database: Database, clock: FrozenClock) -> None:
    with database.writing() as session:
        secret = accounts_service.invite(
            session, actor=SYSTEM, email="jo@example.gov", name="Jo", role=Role.PROCTOR, agency_id=None, now=clock.now()
        )
    visitors = [Visitor(app_on_each) for _ in range(4)]
    for visitor in visitors:
        visitor.opens(f"/invitations/{secret}")

    def take_up(visitor: Visitor) -> int:
        return visitor.sends(f"/invitations/{secret}", name="Jo Whitaker", **PASSWORDS).status_code

    with ThreadPoolExecutor(len(visitors)) as pool:
        statuses = sorted(pool.map(take_up, visitors))
    assert statuses == [303, 404, 404, 404]
    with database.reading() as session:
        assert [session.scalar(select(func.count()).select_from(table)) for table in (User, InvitationUse, Grant)] == [1, 1, 1]


def test_the_page_with_the_link_says_that_it_also_goes_by_mail(administrator: Visitor) -> None:
    invitation_of(administrator)
    assert "by mail. If it gets lost" in said(administrator)
    invitation_of(administrator, role="certifier", email="cy.diaz@example.gov")
    assert "by mail, once the second person has confirmed." in said(administrator)


def said(visitor: Visitor) -> str:
    """What the page says, paragraph by paragraph."""
    return " ".join(one.said() for one in visitor.page.all("p"))
