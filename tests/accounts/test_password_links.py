"""Somebody who forgot the password gets a link from an administrator: it works once, for a day, and signs them out everywhere."""

import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.accounts import queries, renewal
from lms.accounts.models import PasswordLink, PasswordLinkUse
from lms.audit.models import AuditEntry
from lms.db.session import Database
from lms.kernel.clock import FrozenClock
from lms.kernel.ids import digest, new_id
from tests.support.browser import Visitor
from tests.support.cast import FAST_HASH, PASSWORD, Cast, Person, cast_of

NEW = "eleven quiet kettles"
SENT = {"password": NEW, "again": NEW}


@pytest.fixture
def administrator(app: Flask, cast: Cast) -> Visitor:
    return Visitor(app).signs_in_as(cast.administrator)


def links_of(person: Person) -> str:
    return f"/people/{person.user_id}/password-links"


def link_for(administrator: Visitor, person: Person) -> str:
    """Make a link in the browser and return its path."""
    administrator.opens(links_of(person))
    answer = administrator.sends(links_of(person), form_id=administrator.page.hidden("form_id"))
    assert answer.status_code == 200, answer.text
    found = re.search(r'value="http://[^/"]+(/password-links/[^"]+)"', answer.text)
    assert found, answer.text
    return found[1]


def test_the_sign_in_page_says_whom_to_ask(visitor: Visitor) -> None:
    assert "Ask the person who runs your program." in visitor.opens("/sign-in").text


def test_a_person_sets_a_new_password_and_is_signed_out_everywhere(
    administrator: Visitor, visitor: Visitor, app: Flask, cast: Cast
) -> None:
    elsewhere = Visitor(app).signs_in_as(cast.proctor)
    assert links_of(cast.proctor) in administrator.opens(f"/people/{cast.proctor.user_id}").text
    link = link_for(administrator, cast.proctor)
    assert "Priya Nair" in visitor.opens(link).text
    assert "Your new password is set" in visitor.sends(link, **SENT).text
    assert elsewhere.opens("/account").status_code == 302
    assert visitor.sends("/sign-in", email=cast.proctor.email, password=PASSWORD).status_code == 422
    visitor.signs_in_as(cast.proctor, password=NEW)


def test_both_sides_are_in_the_audit_trail(administrator: Visitor, visitor: Visitor, cast: Cast, sqlite: Database) -> None:
    visitor.sends(link_for(administrator, cast.proctor), **SENT)
    with sqlite.reading() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action.like("%link")).order_by(AuditEntry.action)).all()
        assert [(entry.action, entry.actor_id, entry.object_id) for entry in entries] == [
            ("made a password link", cast.administrator.user_id, str(cast.proctor.user_id)),
            ("set a new password by a link", cast.proctor.user_id, str(cast.proctor.user_id)),
        ]
        assert entries[0].details == entries[1].details


def test_only_the_digest_of_a_link_is_kept(administrator: Visitor, cast: Cast, sqlite: Database) -> None:
    secret = link_for(administrator, cast.proctor).rpartition("/")[2]
    assert secret not in administrator.opens("/people").text
    with sqlite.reading() as session:
        found = session.scalars(select(PasswordLink)).one()
        assert found.token_digest == digest(secret)
        assert FAST_HASH not in found.replaces


def test_a_used_an_expired_a_followed_and_an_invented_link_look_alike(
    administrator: Visitor, visitor: Visitor, cast: Cast, clock: FrozenClock
) -> None:
    used, followed = link_for(administrator, cast.proctor), link_for(administrator, cast.certifier)
    visitor.sends(used, **SENT)
    clock.advance(timedelta(seconds=1))
    expired = link_for(administrator, cast.certifier)
    assert visitor.opens(followed).status_code == 404
    clock.advance(timedelta(hours=24) - timedelta(milliseconds=1))
    assert visitor.opens(expired).status_code == 200
    clock.advance(timedelta(milliseconds=1))
    answers = [visitor.opens(link) for link in (used, followed, expired, "/password-links/nothing")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert visitor.sends(expired, **SENT).status_code == 404


def test_a_link_is_spent_when_the_person_changes_the_password_otherwise(administrator: Visitor, visitor: Visitor, cast: Cast) -> None:
    link = link_for(administrator, cast.proctor)
    visitor.signs_in_as(cast.proctor)
    assert visitor.sends("/account/password", current=PASSWORD, **SENT).status_code == 303
    assert visitor.opens(link).status_code == 404


@pytest.mark.parametrize(("password", "says"), [("short one", "Use at least 12 characters"), ("priya sails at dawn", "Leave your name")])
def test_the_new_password_follows_the_same_rules_as_the_first(
    administrator: Visitor, visitor: Visitor, cast: Cast, password: str, says: str
) -> None:
    link = link_for(administrator, cast.proctor)
    answer = visitor.sends(link, password=password, again=password)
    assert answer.status_code == 422
    assert says in answer.text
    assert visitor.opens(link).status_code == 200


def test_the_same_form_sent_again_makes_no_second_link(administrator: Visitor, cast: Cast, sqlite: Database) -> None:
    administrator.opens(links_of(cast.proctor))
    form_id = administrator.page.hidden("form_id")
    assert administrator.sends(links_of(cast.proctor), form_id=form_id).status_code == 200
    again = administrator.sends(links_of(cast.proctor), form_id=form_id)
    assert again.status_code == 409
    assert "already made" in again.text
    assert administrator.sends(links_of(cast.proctor)).status_code == 422
    with sqlite.reading() as session:
        assert session.scalar(select(func.count()).select_from(PasswordLink)) == 1


def test_nobody_makes_a_link_for_themselves(administrator: Visitor, cast: Cast) -> None:
    assert links_of(cast.administrator) not in administrator.opens(f"/people/{cast.administrator.user_id}").text
    assert administrator.opens(links_of(cast.administrator)).status_code == 403
    assert administrator.sends(links_of(cast.administrator), form_id=new_id()).status_code == 403


def test_only_administrators_make_links_and_only_for_people_there_are(administrator: Visitor, visitor: Visitor, cast: Cast) -> None:
    assert administrator.opens(f"/people/{uuid.UUID(int=7)}/password-links").status_code == 404
    visitor.signs_in_as(cast.coordinator)
    assert visitor.opens(links_of(cast.officer)).status_code == 403
    assert visitor.sends(links_of(cast.officer), form_id=new_id()).status_code == 403


def test_two_at_once_set_one_password(app_on_each: Flask, database: Database, clock: FrozenClock) -> None:
    with database.writing() as session:
        cast = cast_of(session, now=clock.now())
        secret = renewal.make_password_link(
            session, actor=cast.administrator.identity, user_id=cast.proctor.user_id, form_id=new_id(), now=clock.now()
        )
    visitors = [Visitor(app_on_each) for _ in range(4)]
    for visitor in visitors:
        visitor.opens(f"/password-links/{secret}")

    def choose(visitor: Visitor, password: str) -> int:
        return visitor.sends(f"/password-links/{secret}", password=password, again=password).status_code

    with ThreadPoolExecutor(len(visitors)) as pool:
        statuses = sorted(pool.map(choose, visitors, [f"{NEW} {number}" for number in range(4)]))
    assert statuses == [200, 404, 404, 404]
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(PasswordLinkUse)) == 1
        assert queries.open_password_link(session, token=secret, now=clock.now()) is None
