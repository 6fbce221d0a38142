"""The link that a first start prints has no address: whoever opens it enters their own, and it is void once there is an administrator."""

import pytest
from flask import Flask
from sqlalchemy import select

from lms.accounts.models import User
from lms.accounts.permissions import Role
from lms.accounts.rules import SYSTEM
from lms.accounts.service import invite
from lms.db.session import Database
from lms.kernel.clock import FrozenClock
from tests.support.browser import Account, Visitor
from tests.support.cast import Person, person

GOOD = "eleven quiet kettles"
SENT = {"name": "Morgan Achebe", "password": GOOD, "again": GOOD}


def first_link(database: Database, clock: FrozenClock) -> str:
    """The link that a start prints while nobody is an administrator."""
    with database.writing() as session:
        secret = invite(session, actor=SYSTEM, email="", name="Administrator", role=Role.ADMINISTRATOR, agency_id=None, now=clock.now())
    return f"/invitations/{secret}"


@pytest.fixture
def link(sqlite: Database, clock: FrozenClock) -> str:
    return first_link(sqlite, clock)


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    return Visitor(app)


@pytest.fixture
def proctor(sqlite: Database, clock: FrozenClock) -> Person:
    with sqlite.writing() as session:
        return person(session, name="Priya Nair", role=Role.PROCTOR, now=clock.now())


def test_the_first_administrator_enters_their_own_address_and_signs_in_with_it(visitor: Visitor, link: str, sqlite: Database) -> None:
    assert 'name="email"' in visitor.opens(link).text
    assert visitor.sends(link, email="  Morgan.Achebe@Example.GOV ", **SENT).status_code == 303
    assert visitor.opens("/people").headers["Location"].startswith("/sign-in/second-step")
    assert "Your recovery codes" in visitor.sets_up_passkey(Account("morgan.achebe@example.gov")).text
    assert visitor.opens("/people").status_code == 200
    with sqlite.reading() as session:
        assert session.scalars(select(User.email)).all() == ["morgan.achebe@example.gov"]


@pytest.mark.parametrize("email", ["", "administrator@localhost", "morgan at example.gov"])
def test_an_address_is_asked_for_in_full(visitor: Visitor, link: str, email: str) -> None:
    answer = visitor.sends(link, email=email, **SENT)
    assert answer.status_code == 422
    assert "e-mail address" in visitor.page.elements[0].text


def test_the_address_entered_is_kept_out_of_the_password(visitor: Visitor, link: str) -> None:
    weak = {"password": "the kestrel flies", "again": "the kestrel flies"}
    assert "Leave your name" in visitor.sends(link, name="Morgan Achebe", email="kestrel@example.gov", **weak).text


def test_an_address_that_has_an_account_is_refused_until_its_owner_signs_in(visitor: Visitor, link: str, proctor: Person) -> None:
    answer = visitor.sends(link, email=proctor.email.upper(), **SENT)
    assert answer.status_code == 409
    assert "You already have an account with this address." in answer.text
    visitor.signs_in_as(proctor)
    assert "Take up this role" in visitor.opens(link).text
    assert visitor.sends(link).status_code == 303
    told = visitor.opens("/account").text
    assert ">Administrator<" in told
    assert ">Proctor<" in told


def test_other_links_without_an_address_are_void_once_there_is_an_administrator(
    app: Flask, visitor: Visitor, link: str, sqlite: Database, clock: FrozenClock
) -> None:
    printed_again = first_link(sqlite, clock)
    visitor.sends(link, email="morgan@example.gov", **SENT)
    late = Visitor(app)
    assert late.opens(printed_again).status_code == 404
    assert late.sends(printed_again, email="mallory@example.gov", **SENT).status_code == 404
    visitor.sets_up_passkey(Account("morgan@example.gov"))
    assert "Entered by whoever opens the link" not in visitor.opens("/people").text


def test_an_invitation_to_an_address_asks_for_none_and_takes_none(visitor: Visitor, sqlite: Database, clock: FrozenClock) -> None:
    with sqlite.writing() as session:
        secret = invite(session, actor=SYSTEM, email="jo@example.gov", name="Jo", role=Role.PROCTOR, agency_id=None, now=clock.now())
    assert 'name="email"' not in visitor.opens(f"/invitations/{secret}").text
    assert visitor.sends(f"/invitations/{secret}", email="mallory@example.gov", **SENT).status_code == 303
    with sqlite.reading() as session:
        assert session.scalars(select(User.email)).all() == ["jo@example.gov"]
