"""Every answer carries the security headers, whoever gives it; and cookies say what they must."""

import re
from collections.abc import Iterator
from dataclasses import replace
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from lms.app import create_app
from lms.settings import Settings
from lms.web.guard import PUBLIC, access
from lms.web.headers import CONTENT_SECURITY_POLICY, SECURITY_HEADERS, STRICT_TRANSPORT
from lms.web.site import Site
from tests.support.browser import Visitor
from tests.support.routes import ROUTES, address_of, callers, endpoints, form_of
from tests.support.town import NOBODY, NOWHERE, PALMETTO, Town

SECURE = "https://training.example.gov"


def secure(site: Site) -> Site:
    """The same site as people reach it by TLS."""
    return replace(site, settings=replace(site.settings, base_url=SECURE))


def answers_of(town: Town) -> Iterator[tuple[str, TestResponse]]:
    """An answer of every kind that the site gives, with what was asked."""
    for rule in endpoints(town, "GET"):
        for side in (PALMETTO, NOWHERE):
            path = address_of(town, rule, side)
            for who in (callers(town, rule)[0], NOBODY):
                yield f"GET {path}", town.asks(who, "GET", path)
        yield f"OPTIONS {path}", town.asks(callers(town, rule)[0], "OPTIONS", path)
        yield f"HEAD {path}", town.asks(NOBODY, "HEAD", path)
    for rule in endpoints(town, "POST"):
        path = address_of(town, rule, NOWHERE)
        yield f"POST {path}", town.sends(callers(town, rule)[0], path, form_of(ROUTES[rule.endpoint], town.things[NOWHERE]))
        yield f"POST {path} without a token", town.asks(NOBODY, "POST", path, data={})
    yield "an unknown page", town.asks("officer", "GET", "/nowhere/at/all")
    yield "a wrong method", town.asks("officer", "DELETE", "/account", headers={"X-CSRF-Token": town.browsers["officer"].token})
    yield "too much", town.asks(NOBODY, "POST", "/verify/paper", data=bytes(7 * 2**20), content_type="multipart/form-data; boundary=x")
    yield "too much of a form", town.asks(NOBODY, "POST", "/sign-in", data={"email": "a" * 7 * 2**20})
    yield "an unknown page as JSON", town.asks("officer", "GET", "/api/v1/nowhere", headers={"Accept": "application/json"})
    yield "a static file", town.asks(NOBODY, "GET", static_file(town))
    etag = {"If-None-Match": town.asks(NOBODY, "GET", static_file(town)).headers["ETag"]}
    yield "a static file that has not changed", town.asks(NOBODY, "GET", static_file(town), headers=etag)
    yield "a static file that is none", town.asks(NOBODY, "GET", static_file(town) + "x")
    yield "climbing out of the static files", town.asks(NOBODY, "GET", static_file(town).rsplit("/", 1)[0] + "/../../settings.py")


def static_file(town: Town) -> str:
    """The address of the style sheet."""
    found = re.search(r'href="(/static/[^"]+\.css)"', town.asks(NOBODY, "GET", "/sign-in").text)
    assert found is not None
    return found[1]


def test_every_answer_carries_every_header(town: Town) -> None:
    statuses = set()
    for asked, answer in answers_of(town):
        statuses.add(answer.status_code)
        assert {name: answer.headers.getlist(name) for name in SECURITY_HEADERS} == {n: [v] for n, v in SECURITY_HEADERS.items()}, asked
        assert "Server" not in answer.headers or "Werkzeug" in answer.headers["Server"], asked
        assert "Access-Control-Allow-Origin" not in answer.headers, asked
        if "/static/" not in asked and not asked.startswith("a static file"):
            assert "no-store" in answer.headers["Cache-Control"], asked
    assert statuses >= {200, 302, 304, 401, 403, 404, 405, 413, 422}


def test_a_fault_of_ours_carries_every_header_and_tells_nothing(town: Town) -> None:
    for accept, kind in (("text/html", "text/html"), ("application/json", "application/json")):
        app = create_app(town.site)

        @app.get("/broken")
        @access(PUBLIC)
        def broken() -> str:
            raise RuntimeError("canary")

        answer = app.test_client().get("/broken", headers={"Accept": accept})
        assert (answer.status_code, answer.mimetype) == (500, kind)
        assert {name: answer.headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS
        assert "canary" not in answer.text
        assert "RuntimeError" not in answer.text


def test_a_paper_is_offered_for_saving_and_kept_by_no_cache(town: Town) -> None:
    answer = town.asks("officer", "GET", town.address("certificates.paper"))
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_policy_allows_nothing_inline_nothing_evaluated_and_nothing_from_elsewhere() -> None:
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    directives = dict(part.strip().split(" ", 1) for part in CONTENT_SECURITY_POLICY.split(";"))
    assert directives["default-src"] == directives["base-uri"] == directives["frame-ancestors"] == "'none'"
    sources = {source for value in directives.values() for source in value.split()}
    assert sources <= {"'self'", "'none'", "data:"}
    assert [name for name, value in directives.items() if "data:" in value] == ["img-src"]


def test_by_tls_every_answer_asks_for_tls_and_in_clear_none_does(town: Town) -> None:
    app = create_app(secure(town.site))
    client = app.test_client()
    for path in ("/", "/account", "/nowhere", "/api/v1/openapi.json", static_file(town)):
        assert client.get(path, buffered=True).headers["Strict-Transport-Security"] == STRICT_TRANSPORT
        assert "Strict-Transport-Security" not in town.asks(NOBODY, "GET", path).headers


@pytest.mark.parametrize(("is_secure", "name"), [(False, "lms"), (True, "__Host-lms")])
def test_the_cookie_is_bound_to_this_host_and_out_of_reach_of_scripts(town: Town, *, is_secure: bool, name: str) -> None:
    app = create_app(secure(town.site) if is_secure else town.site)
    client = app.test_client()
    where = {"base_url": SECURE} if is_secure else {}
    visited = client.get("/sign-in", **where)
    token = re.search(r'name="csrf_token" value="([^"]+)"', visited.text)
    assert token is not None
    person = town.people["proctor"]
    fields = {"email": person.email, "password": "marsh heron at low tide", "csrf_token": token[1]}
    entered = client.post("/sign-in", data=fields, **where)
    assert entered.status_code == 303
    for answer in (visited, entered):
        (sent,) = answer.headers.getlist("Set-Cookie")
        (cookie,) = SimpleCookie(sent).values()
        assert cookie.key == name
        assert (cookie["path"], cookie["domain"], bool(cookie["httponly"]), cookie["samesite"]) == ("/", "", True, "Lax")
        assert bool(cookie["secure"]) is is_secure
        assert (cookie["expires"], cookie["max-age"]) == ("", "")


def test_pages_for_everyone_set_no_cookie_unless_they_hold_a_form(town: Town) -> None:
    app = create_app(town.site)
    for path in ("/healthz", "/api/v1/openapi.json", static_file(town), "/nowhere"):
        assert "Set-Cookie" not in app.test_client().get(path, buffered=True).headers, path


def test_production_never_serves_cookies_without_tls(tmp_path: Path) -> None:
    assert Settings(data=tmp_path, base_url=SECURE).secure
    assert not Settings(data=tmp_path).secure


def test_signing_out_takes_the_cookie_away(town: Town) -> None:
    visitor = Visitor(town.app).signs_in_as(town.people["proctor"])
    left = visitor.sends("/sign-out")
    assert "lms=; Expires=Thu, 01 Jan 1970" in left.headers["Set-Cookie"]
