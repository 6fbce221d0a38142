"""People change their own password: the current one is asked for, other browsers are signed out, and an entry stays."""

import pytest
from flask import Flask
from sqlalchemy import select

from lms.accounts import passwords, queries, renewal
from lms.accounts.models import SignInFailure
from lms.accounts.permissions import Role
from lms.audit.models import AuditEntry
from lms.db.session import Database
from lms.kernel.clock import FrozenClock
from tests.support.browser import Visitor
from tests.support.cast import FAST_HASH, PASSWORD, Cast, person

NEW = "eleven quiet kettles"
SENT = {"current": PASSWORD, "password": NEW, "again": NEW}


@pytest.fixture
def proctor(app: Flask, cast: Cast) -> Visitor:
    return Visitor(app).signs_in_as(cast.proctor)


def failures(database: Database) -> int:
    with database.reading() as session:
        return len(session.scalars(select(SignInFailure.id)).all())


def test_the_new_password_signs_in_and_the_old_one_does_not(proctor: Visitor, app: Flask, cast: Cast) -> None:
    answer = proctor.follows(proctor.sends("/account/password", **SENT))
    assert "Your password is changed." in answer.text
    assert Visitor(app).sends("/sign-in", email=cast.proctor.email, password=PASSWORD).status_code == 422
    Visitor(app).signs_in_as(cast.proctor, password=NEW)


def test_other_browsers_are_signed_out_and_this_one_stays(proctor: Visitor, app: Flask, cast: Cast) -> None:
    elsewhere, somebody = Visitor(app).signs_in_as(cast.proctor), Visitor(app).signs_in_as(cast.certifier)
    proctor.sends("/account/password", **SENT)
    assert proctor.opens("/account").status_code == 200
    assert elsewhere.opens("/account").status_code == 302
    assert somebody.opens("/account").status_code == 200


def test_the_change_is_in_the_audit_trail(proctor: Visitor, cast: Cast, sqlite: Database) -> None:
    proctor.sends("/account/password", **SENT)
    with sqlite.reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "changed the own password")).one()
        assert (entry.actor_id, entry.object_id) == (cast.proctor.user_id, str(cast.proctor.user_id))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"current": ""}, "Enter your current password."),
        ({"current": "not the password at all"}, "This is not your current password."),
        ({"again": "something else again"}, "The two do not match."),
        ({"password": "short one", "again": "short one"}, "Use at least 12 characters"),
        ({"password": "priya sails at dawn", "again": "priya sails at dawn"}, "Leave your name"),
        ({"password": PASSWORD, "again": PASSWORD}, "This is your current password. Choose another."),
    ],
)
def test_what_does_not_do_is_refused_and_changes_nothing(
    proctor: Visitor, cast: Cast, app: Flask, changed: dict[str, str], says: str
) -> None:
    answer = proctor.sends("/account/password", **(SENT | changed))
    assert answer.status_code == 422
    assert says in answer.text
    assert all(value not in answer.text for value in (SENT | changed).values() if value)
    Visitor(app).signs_in_as(cast.proctor)


def test_wrong_guesses_at_the_current_password_count_as_failed_sign_ins(proctor: Visitor, sqlite: Database) -> None:
    proctor.sends("/account/password", **(SENT | {"current": "not the password at all"}))
    assert failures(sqlite) == 1
    proctor.sends("/account/password", **SENT)
    assert failures(sqlite) == 1


def test_nobody_changes_a_password_without_being_signed_in(visitor: Visitor) -> None:
    assert visitor.sends("/account/password", **SENT).status_code == 401


def test_a_password_changed_in_the_meantime_is_not_overwritten(database: Database, clock: FrozenClock) -> None:
    with database.writing() as session:
        actor = person(session, name="Priya Nair", role=Role.PROCTOR, now=clock.now()).identity
        assert actor.user_id is not None
        checked = queries.Account(actor.user_id, FAST_HASH)
        renewal.change_password(session, actor=actor, account=checked, password_hash="first", now=clock.now())
        with pytest.raises(renewal.PasswordChanged):
            renewal.change_password(session, actor=actor, account=checked, password_hash="second", now=clock.now())


def test_a_sign_in_that_was_checked_against_the_password_before_opens_no_session(
    visitor: Visitor, cast: Cast, sqlite: Database, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = passwords.matches

    def slow(password: str, stored: str | None, *, fips: bool) -> bool:
        found = real(password, stored, fips=fips)
        with sqlite.writing() as session:
            account = queries.Account(cast.proctor.user_id, FAST_HASH)
            renewal.change_password(session, actor=cast.proctor.identity, account=account, password_hash="another", now=clock.now())
        return found

    monkeypatch.setattr(passwords, "matches", slow)
    assert visitor.sends("/sign-in", email=cast.proctor.email, password=PASSWORD).status_code == 422
    with sqlite.reading() as session:
        assert queries.open_sessions(session, user_id=cast.proctor.user_id, now=clock.now()) == []
