"""Guesses made at once slow each other, old ones are forgotten, and hashing never keeps a transaction open."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from lms.accounts import checking, guessing, passwords, renewal, sweeps
from lms.accounts.models import SignInFailure
from lms.accounts.permissions import Role
from lms.accounts.rules import SYSTEM
from lms.accounts.service import invite
from lms.db.session import Database
from lms.kernel.clock import FrozenClock
from lms.kernel.ids import new_id
from lms.web.site import Site
from tests.support.browser import Visitor
from tests.support.cast import PASSWORD, Cast

KEY = b"k" * 32
NEW = "eleven quiet kettles"
WRONG = "not the password at all"


def failures(database: Database) -> int:
    with database.reading() as session:
        return len(session.scalars(select(SignInFailure.id)).all())


def test_guesses_made_at_once_each_see_those_before(database: Database, clock: FrozenClock) -> None:
    together = Barrier(8)

    def guess(_: int) -> float:
        with database.writing() as session:
            attempt_id = guessing.note_attempt(session, email="dana@example.gov", address="192.0.2.1", key=KEY, now=clock.now())
        together.wait()  # nobody's password has been checked yet
        with database.reading() as session:
            return guessing.delay_before(
                session, email="dana@example.gov", address="192.0.2.1", key=KEY, now=clock.now(), attempt_id=attempt_id
            )

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(guess, range(8))) == [4.0] * 8


def test_an_attempt_counts_while_its_password_is_checked_and_not_once_it_was_right(
    visitor: Visitor, cast: Cast, sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, seen = passwords.matches, []

    def counting(password: str, stored: str | None, *, fips: bool) -> bool:
        seen.append(failures(sqlite))
        return real(password, stored, fips=fips)

    monkeypatch.setattr(passwords, "matches", counting)
    visitor.sends("/sign-in", email=cast.proctor.email, password=WRONG)
    visitor.sends("/sign-in", email=cast.proctor.email, password=PASSWORD)
    assert seen == [1, 2]
    assert failures(sqlite) == 1


def test_an_attempt_that_was_turned_away_unchecked_does_not_count(visitor: Visitor, cast: Cast, sqlite: Database) -> None:
    for _ in range(4):
        visitor.sends("/sign-in", email=cast.proctor.email, password=WRONG)
    for _ in range(checking.MOST_WAITING):
        checking.waiting.acquire()
    try:
        assert visitor.sends("/sign-in", email=cast.proctor.email, password=PASSWORD).status_code == 429
    finally:
        checking.waiting.release(checking.MOST_WAITING)
    assert failures(sqlite) == 4


def test_the_worker_forgets_what_slows_nobody_any_more(site: Site, sqlite: Database, clock: FrozenClock) -> None:
    with sqlite.writing() as session:
        guessing.note_attempt(session, email="dana@example.gov", address="192.0.2.1", key=KEY, now=clock.now())
    clock.advance(guessing.FAILURES_COUNT_FOR - timedelta(milliseconds=1))
    assert sweeps.forget_old_attempts(site) == 0
    clock.advance(timedelta(milliseconds=1))
    assert [sweeps.forget_old_attempts(site), sweeps.forget_old_attempts(site)] == [1, 0]
    assert failures(sqlite) == 0


@pytest.fixture
def hashings(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many connections were in use each time a password was hashed or checked."""
    seen: list[int] = []

    def watched(real: Callable[..., object]) -> Callable[..., object]:
        def run(*args: object, **kwargs: object) -> object:
            seen.append(sqlite.engine.pool.checkedout())  # type: ignore[attr-defined] # a queue pool, as every Database has
            return real(*args, **kwargs)

        return run

    for name in ("matches", "hashed"):
        monkeypatch.setattr(passwords, name, watched(getattr(passwords, name)))
    return seen


def test_no_transaction_is_open_while_a_sign_in_is_checked(visitor: Visitor, cast: Cast, hashings: list[int]) -> None:
    visitor.sends("/sign-in", email=cast.proctor.email, password=WRONG)
    visitor.sends("/sign-in", email="nobody@example.gov", password=WRONG)
    visitor.signs_in_as(cast.proctor)
    visitor.sends("/sign-in", email=cast.certifier.email, password=PASSWORD)
    assert hashings == [0, 0, 0, 0]


def test_no_transaction_is_open_while_a_changed_password_is_hashed(visitor: Visitor, cast: Cast, hashings: list[int]) -> None:
    visitor.signs_in_as(cast.proctor)
    assert visitor.sends("/account/password", current=PASSWORD, password=NEW, again=NEW).status_code == 303
    assert hashings == [0, 0, 0]


def test_no_transaction_is_open_while_a_first_password_is_hashed(
    visitor: Visitor, sqlite: Database, clock: FrozenClock, hashings: list[int]
) -> None:
    with sqlite.writing() as session:
        secret = invite(session, actor=SYSTEM, email="jo@example.gov", name="Jo", role=Role.PROCTOR, agency_id=None, now=clock.now())
    assert visitor.sends(f"/invitations/{secret}", name="Jo Whitaker", password=NEW, again=NEW).status_code == 303
    assert hashings == [0]


def test_no_transaction_is_open_while_a_password_set_by_a_link_is_hashed(
    app: Flask, cast: Cast, sqlite: Database, clock: FrozenClock, hashings: list[int]
) -> None:
    with sqlite.writing() as session:
        secret = renewal.make_password_link(
            session, actor=cast.administrator.identity, user_id=cast.proctor.user_id, form_id=new_id(), now=clock.now()
        )
    assert Visitor(app).sends(f"/password-links/{secret}", password=NEW, again=NEW).status_code == 200
    assert hashings == [0]
