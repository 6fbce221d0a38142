"""Sessions that were stolen, planted or ended; and what a stranger learns by guessing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import request
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import select

from lms.accounts import service
from lms.accounts.models import UserSession
from lms.app import create_app
from lms.certificates import service as certificates
from lms.certificates.numbers import display
from lms.certificates.reserving import Terms
from lms.db.session import Database
from lms.settings import Settings
from tests.support.statements import statements_on
from tests.support.town import NOBODY, PALMETTO, Browser, Town, told


@contextmanager
def another_worker(town: Town) -> Iterator[Town]:
    """A second process of the same installation: its own application and connections, the same database and data folder."""
    database = Database(str(town.site.database.engine.url))
    site = replace(town.site, database=database)
    yield replace(town, app=create_app(site), site=site)
    database.close()


def test_a_session_that_ends_on_one_worker_is_refused_by_every_other_at_once(town: Town) -> None:
    officer = town.people["officer"].identity
    with another_worker(town) as other:
        assert other.asks("officer", "GET", "/account").status_code == 200
        with town.site.database.writing() as session:
            row = session.scalars(select(UserSession.id).where(UserSession.user_id == officer.user_id)).one()
            service.end_session(session, actor=officer, session_id=row, now=town.clock.now())
        assert [one.asks("officer", "GET", "/account").status_code for one in (town, other)] == [302, 302]
        sent = other.sends("officer", f"{other.address('exams.submission')}", {})
        assert sent.status_code == 401


def test_whose_role_ends_is_out_on_every_worker_at_once(town: Town) -> None:
    with another_worker(town) as other:
        path = other.address("lessons.course")
        assert other.asks("officer", "GET", path).status_code == 200
        ended = town.sends("administrator", town.address("agencies.end_grant"), {"reason": "Left the agency"})
        assert ended.status_code == 303
        assert other.asks("officer", "GET", path).status_code == 302


def test_a_cookie_planted_before_signing_in_opens_nothing_afterwards(town: Town) -> None:
    planted = town.browsers[NOBODY]
    person = town.people["officer"]
    entered = town.sends(NOBODY, "/sign-in", {"email": person.email, "password": "marsh heron at low tide"})
    assert entered.status_code == 303
    given = entered.headers["Set-Cookie"].split(";", 1)[0]
    assert given != planted.cookie
    assert town.asks("", "GET", "/account", browser=planted).status_code == 302
    assert town.asks("", "GET", "/account", browser=Browser(given, "")).status_code == 200


def test_a_cookie_that_was_altered_or_signed_elsewhere_opens_nothing(town: Town, tmp_path: Path) -> None:
    cookie = town.browsers["officer"].cookie
    name, value = cookie.split("=", 1)
    elsewhere = create_app(replace(town.site, settings=Settings(data=tmp_path, compress=False)))
    signed = SecureCookieSessionInterface().get_signing_serializer(elsewhere)
    here = SecureCookieSessionInterface().get_signing_serializer(town.app)
    assert signed is not None
    assert here is not None
    contents = here.loads(value)
    forged = [
        value.rpartition(".")[0] + "." + value.rpartition(".")[2].swapcase(),
        value[:9] + value[10:],
        value.rpartition(".")[0],
        signed.dumps(contents),
        here.dumps(contents | {"_user_id": "guess"}),
        here.dumps(contents | {"_user_id": str(town.people["officer"].user_id)}),
        "",
    ]
    assert town.asks("", "GET", "/account", browser=Browser(f"{name}={value}", "")).status_code == 200
    for one in forged:
        assert town.asks("", "GET", "/account", browser=Browser(f"{name}={one}", "")).status_code == 302, one


def test_no_other_cookie_signs_anybody_in(town: Town) -> None:
    officer = town.browsers["officer"].cookie.split("=", 1)[1]
    for name in ("remember_token", "session", "__Host-lms", "LMS"):
        assert town.asks("", "GET", "/account", browser=Browser(f"{name}={officer}", "")).status_code == 302


def test_the_database_holds_no_secret_that_opens_a_session(town: Town) -> None:
    with town.app.test_request_context(headers={"Cookie": town.browsers["officer"].cookie}):
        opened = SecureCookieSessionInterface().open_session(town.app, request)
    assert opened is not None
    secret = opened["_user_id"].encode()
    assert secret not in town.template.read_bytes()


# --- What a stranger learns ---------------------------------------------------------------------------------------------


def test_an_unknown_address_costs_the_same_work_as_a_wrong_password(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    verified: list[int] = []
    verify = PasswordHasher.verify

    def counted(self: PasswordHasher, *args: str) -> bool:
        verified.append(1)
        return verify(self, *args)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    work, bodies = [], []
    for email in (town.people["officer"].email, "nobody.at.all@example.gov"):
        verified.clear()
        with statements_on(town.site.database) as heard:
            answer = town.sends(NOBODY, "/sign-in", {"email": email, "password": "wrong horse battery"})
        work.append((len(verified), heard))
        bodies.append(answer.text.replace(email, ""))
    assert work[0] == work[1]
    assert work[0][0] == 1
    assert bodies[0] == bodies[1]


@pytest.mark.parametrize("endpoint", ["verification.number", "verification_api.certificate"])
@pytest.mark.parametrize("asked", [{}, {"t": "guess", "token": "guess"}, {"name": "Dana Rivera"}])
def test_a_withheld_number_costs_the_same_statements_as_an_unknown_one(town: Town, endpoint: str, asked: dict[str, str]) -> None:
    number = town.things[PALMETTO]["number"].replace("-", "")
    with town.site.database.writing() as session:
        sent = {"number": number, "name": "Dana Q. Rivera", "reason": "A note"}
        terms = Terms.of(town.site.settings)
        withheld = certificates.correct(session, actor=town.made.certifier.identity, terms=terms, now=town.clock.now(), **sent)
    found = []
    for one in (display(withheld), town.things["nowhere"]["number"]):
        with statements_on(town.site.database) as heard:
            answer = town.asks(NOBODY, "GET", town.address(endpoint, number=one), query_string=asked)
        status, body = told(answer)
        found.append((status, without_number(body, one), heard, len(answer.data)))
    assert found[0] == found[1]
    assert found[0][0] == 404


def without_number(body: str, number: str) -> str:
    """A page or an answer without the number that was asked for, grouped as the page shows it or as people write it."""
    grouped = "-".join(f"<span>{part}</span>" for part in number.split("-"))
    return body.replace(grouped, "").replace(number, "")


def test_an_invitation_or_link_that_was_guessed_looks_like_one_that_was_used(town: Town) -> None:
    for endpoint, secret in (("agencies.invitation", "secret"), ("password_links.password_link", "password_secret")):
        path = town.address(endpoint, secret=town.things[PALMETTO][secret])
        used = town.sends(NOBODY, path, {"name": "Zora Beckett", "password": "seven herons aloft", "again": "seven herons aloft"})
        assert used.status_code in {200, 303}
        gone, guessed = (town.asks(NOBODY, "GET", town.address(endpoint, secret=one)) for one in (town.things[PALMETTO][secret], "guess"))
        assert told(gone) == told(guessed)
        assert gone.status_code == 404
