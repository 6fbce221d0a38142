"""Signing in: nobody learns who has an account, guessing gets slower and never locks, and a session is always a new one."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts import checking, guessing, queries, service
from lms.accounts.browser import local_path
from lms.accounts.models import SignInFailure, UserSession
from lms.app import create_app
from lms.db.session import Database
from lms.kernel.clock import FrozenClock
from lms.web.site import Site
from tests.support.browser import Visitor
from tests.support.cast import PASSWORD, Cast

KEY = b"k" * 32
WRONG = "not the password at all"


def sessions(database: Database, cast: Cast, clock: FrozenClock) -> int:
    with database.reading() as session:
        return len(queries.open_sessions(session, user_id=cast.proctor.user_id, now=clock.now()))


def test_a_person_signs_in_and_sees_their_account(visitor: Visitor, cast: Cast) -> None:
    visitor.signs_in_as(cast.proctor)
    assert "Priya Nair" in visitor.opens("/account").text


def test_an_address_is_known_in_whatever_case_it_is_typed(visitor: Visitor, cast: Cast) -> None:
    assert visitor.sends("/sign-in", email=f" {cast.proctor.email.upper()} ", password=PASSWORD).status_code == 303


def test_an_unknown_account_and_a_wrong_password_get_the_same_answer(app: Flask, cast: Cast) -> None:
    visitor = Visitor(app)
    visitor.opens("/sign-in")
    unknown = visitor.sends("/sign-in", email="nobody.here@example.gov", password=WRONG)
    known = visitor.sends("/sign-in", email=cast.proctor.email, password=WRONG)
    assert unknown.status_code == known.status_code == 422
    assert unknown.text.replace("nobody.here@example.gov", "X") == known.text.replace(cast.proctor.email, "X")
    assert list(unknown.headers.keys()) == list(known.headers.keys())
    assert "do not match" in known.text
    assert WRONG not in known.text


def test_a_failure_is_remembered_without_the_address_in_clear(visitor: Visitor, cast: Cast, sqlite: Database) -> None:
    visitor.sends("/sign-in", email=cast.proctor.email, password=WRONG)
    with sqlite.reading() as session:
        row = session.scalars(select(SignInFailure)).one()
        assert len(row.account_digest) == len(row.address_digest) == 64
        assert cast.proctor.email not in f"{row.account_digest}{row.address_digest}"


def test_the_key_of_the_digests_is_this_installations_own(app: Flask, site: Site) -> None:
    other = create_app(site)
    other.secret_key = "another secret"
    with app.app_context():
        first = checking.throttle_key()
    with other.app_context():
        second = checking.throttle_key()
    assert len(first) == 32
    assert first != second
    assert app.secret_key not in {first, second}


def test_guessing_gets_slower_and_never_locks(session: Session, clock: FrozenClock) -> None:
    whom = {"email": "dana@example.gov", "address": "192.0.2.1"}
    delays = []
    for _ in range(12):
        delays.append(guessing.delay_before(session, email=whom["email"], address=whom["address"], key=KEY, now=clock.now()))
        guessing.note_attempt(session, email=whom["email"], address=whom["address"], key=KEY, now=clock.now())
    assert delays == [0, 0, 0, 0, 0.5, 1, 2, 4, 8, 8, 8, 8]


def test_a_class_behind_one_address_is_not_slowed_by_a_few_wrong_passwords(session: Session, clock: FrozenClock) -> None:
    for number in range(31):
        assert guessing.delay_before(session, email=f"{number}@example.gov", address="192.0.2.1", key=KEY, now=clock.now()) == 0
        guessing.note_attempt(session, email=f"{number}@example.gov", address="192.0.2.1", key=KEY, now=clock.now())
    assert guessing.delay_before(session, email="new@example.gov", address="192.0.2.1", key=KEY, now=clock.now()) == 0.5
    assert guessing.delay_before(session, email="new@example.gov", address="192.0.2.2", key=KEY, now=clock.now()) == 0


def test_failures_are_forgotten_after_a_quarter_of_an_hour(session: Session, clock: FrozenClock) -> None:
    for _ in range(9):
        guessing.note_attempt(session, email="dana@example.gov", address="192.0.2.1", key=KEY, now=clock.now())
    clock.advance(timedelta(minutes=15))
    assert guessing.delay_before(session, email="dana@example.gov", address="192.0.2.1", key=KEY, now=clock.now()) == 0


def test_the_right_password_still_signs_in_after_many_wrong_ones(visitor: Visitor, cast: Cast) -> None:
    for _ in range(4):
        visitor.sends("/sign-in", email=cast.proctor.email, password=WRONG)
    assert visitor.sends("/sign-in", email=cast.proctor.email, password=PASSWORD).status_code == 303


def test_slowed_sign_ins_do_not_take_every_place_of_the_server(visitor: Visitor, cast: Cast) -> None:
    for _ in range(4):
        visitor.sends("/sign-in", email=cast.proctor.email, password=WRONG)
    taken = [checking.waiting.acquire(blocking=False) for _ in range(checking.MOST_WAITING)]
    try:
        assert all(taken)
        assert visitor.sends("/sign-in", email=cast.proctor.email, password=PASSWORD).status_code == 429
        assert visitor.sends("/sign-in", email=cast.certifier.email, password=PASSWORD).status_code == 303
    finally:
        for _ in taken:
            checking.waiting.release()


def test_signing_in_gives_the_browser_a_new_session_and_a_new_token(visitor: Visitor, cast: Cast) -> None:
    visitor.opens("/sign-in")
    with visitor.client.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
    before = visitor.token()
    visitor.signs_in_as(cast.proctor)
    with visitor.client.session_transaction() as cookie:
        first = cookie["_user_id"]
        assert "planted" not in cookie
    assert visitor.token() != before
    visitor.sends("/sign-out")
    visitor.signs_in_as(cast.proctor)
    with visitor.client.session_transaction() as cookie:
        assert cookie["_user_id"] != first


def test_signing_in_as_somebody_else_ends_the_session_before(visitor: Visitor, cast: Cast, sqlite: Database, clock: FrozenClock) -> None:
    visitor.signs_in_as(cast.proctor)
    visitor.opens("/account")
    visitor.sends("/sign-in", email=cast.certifier.email, password=PASSWORD)
    assert sessions(sqlite, cast, clock) == 0


def test_signing_out_ends_the_session_on_the_server(visitor: Visitor, cast: Cast, sqlite: Database, clock: FrozenClock) -> None:
    visitor.signs_in_as(cast.proctor)
    with visitor.client.session_transaction() as cookie:
        kept = dict(cookie)
    visitor.opens("/account")
    assert visitor.sends("/sign-out").status_code == 303
    assert sessions(sqlite, cast, clock) == 0
    with visitor.client.session_transaction() as cookie:
        cookie.update(kept)
    assert visitor.opens("/account").status_code == 302


def test_a_session_ended_elsewhere_is_refused_at_once(app: Flask, cast: Cast) -> None:
    here, there = Visitor(app).signs_in_as(cast.proctor), Visitor(app).signs_in_as(cast.proctor)
    answer = here.opens("/account")
    assert "This browser" in answer.text
    endings = {
        form.said(): str(form.attributes["action"]) for form in here.page.all("form") if "/sessions/" in str(form.attributes["action"])
    }
    here.sends(endings["End this session"])
    assert there.opens("/account").status_code == 302
    assert here.opens("/account").status_code == 200
    here.sends(endings["Sign out here"])
    assert here.opens("/account").status_code == 302


def test_nobody_ends_the_session_of_another(app: Flask, cast: Cast, sqlite: Database) -> None:
    Visitor(app).signs_in_as(cast.proctor)
    with sqlite.reading() as session:
        other = session.scalars(select(UserSession.id).where(UserSession.ended_at.is_(None))).one()
    stranger = Visitor(app).signs_in_as(cast.outsider)
    assert stranger.sends(f"/account/sessions/{other}/ending").status_code == 404


def test_a_session_ends_by_itself(visitor: Visitor, cast: Cast, clock: FrozenClock) -> None:
    visitor.signs_in_as(cast.proctor)
    clock.advance(service.SESSION_LASTS)
    assert visitor.opens("/account").status_code == 302


def test_a_page_asked_for_before_signing_in_is_opened_afterwards(visitor: Visitor, cast: Cast) -> None:
    answer = visitor.opens("/account?from=mail")
    assert visitor.follows(answer).status_code == 200
    sent = {"email": cast.officer.email, "password": PASSWORD, "next": visitor.page.hidden("next")}
    assert visitor.sends("/sign-in", **sent).headers["Location"] == "/account?from=mail"
    assert visitor.opens("/sign-in?next=/account").headers["Location"] == "/account"


@pytest.mark.parametrize(
    "asked",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/a\\b",
        "javascript:alert(1)",
        "/a\nb",
        "a",
        "",
        None,
    ],
)
def test_nobody_is_led_to_another_site(asked: str | None) -> None:
    assert local_path(asked) == "/"


def test_nobody_is_led_to_another_site_by_the_form(visitor: Visitor, cast: Cast) -> None:
    sent = {"email": cast.officer.email, "password": PASSWORD, "next": "//evil.example/account"}
    assert visitor.sends("/sign-in", **sent).headers["Location"] == "/"


def test_a_sign_in_from_another_site_is_refused(visitor: Visitor, cast: Cast) -> None:
    sent = {"email": cast.proctor.email, "password": PASSWORD}
    assert visitor.client.post("/sign-in", data=sent).status_code == 403
    forged = visitor.client.post("/sign-in", data=sent | {"csrf_token": visitor.token()}, headers={"Origin": "https://evil.example"})
    assert forged.status_code == 403


def test_no_lock_is_held_while_the_person_waits(visitor: Visitor, cast: Cast, sqlite: Database, clock: FrozenClock) -> None:
    for _ in range(5):
        visitor.sends("/sign-in", email=cast.proctor.email, password=WRONG)
    token = visitor.token()
    with ThreadPoolExecutor(1) as pool:
        slowed = pool.submit(visitor.sends, "/sign-in", email=cast.proctor.email, password=PASSWORD, csrf_token=token)
        while checking.waiting._value == checking.MOST_WAITING:  # noqa: SLF001 - the only sign that somebody waits
            assert not slowed.done()
        with sqlite.writing() as session:
            guessing.note_attempt(session, email="other@example.gov", address="", key=KEY, now=clock.now())
        assert not slowed.done()
        assert slowed.result().status_code == 303
