"""Hostile text in every field of every form, in every address and after every question mark: escaped or refused, never a fault of ours."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.support.browser import CSRF_FIELD
from tests.support.databases import PostgresServer
from tests.support.pages import check_page
from tests.support.route_kinds import Scope
from tests.support.routes import ROUTES, address_of, callers, endpoints, form_of
from tests.support.town import NOBODY, PALMETTO, Town, methods_of, town_on

NUL = "a NUL byte"
MARKUP = '"><script>alert(1)</script>'
HOSTILE = {
    "markup": "{{7*'7'}}${7*7}" + MARKUP,
    "formula and line ends": '=HYPERLINK("https://evil.example","x")\u202e\u2066%0d%0aSet-Cookie: a=b\r\nSet-Cookie: a=b',
    NUL: "Da\x00na",
    "ten kilobytes of digits": "9" * 10_000,
    "a number beyond the database": "99999999999999999999",
    "digits of another script": "\u0663\u00b2",
}
DATES = {"the first day": "0001-01-01", "the last day": "9999-12-31", "no day": "2026-02-30"}
ON_POSTGRESQL = (NUL, "a number beyond the database", "the first day", "the last day")
ASKED = (
    *("page", "waiting", "q", "draft", "next", "t", "name", "token", "agency", "role", "published", "conflict", "unanswered", "changed"),
    *("rule_set", "for", "who", "action", "object", "outcome", "after", "show", "model", "agreement", "number", "function", "state"),
)
"""What pages look for after the question mark."""
DAYS_ASKED = ("on", "known", "since", "until")


def who_may(rule: Rule) -> str:
    """Whose browser reaches furthest on a route that names Palmetto County's things."""
    return {Scope.AGENCY: "coordinator", Scope.OFFERED: NOBODY, Scope.LINK: NOBODY}.get(ROUTES[rule.endpoint].scope, "")


def harmless(what: str, answer: TestResponse) -> Iterator[str]:
    """What is wrong with an answer to hostile text."""
    if answer.status_code >= 500:
        yield f"{what}: {answer.status_code}"
    elif answer.mimetype == "text/html" and not 300 <= answer.status_code < 400:
        check_page(answer.text, dict(answer.headers.items()))
        if MARKUP in answer.text or "7777777" in answer.text:
            yield f"{what}: the text came back as markup"
    if answer.headers.get("Set-Cookie", "").startswith("a=b"):
        yield f"{what}: it set a cookie"


@pytest.mark.parametrize("kind", HOSTILE | DATES)
def test_no_field_of_any_form_breaks_a_page(town: Town, kind: str) -> None:
    assert not (faults := faults_of_forms(town, kind)), "\n".join(faults)


def test_nothing_hostile_breaks_a_page_on_postgresql(postgres_server: PostgresServer, tmp_path: Path) -> None:
    """Its numbers have an end, and its texts hold no NUL. What is taken there stays, so what refuses most comes first."""
    with postgres_server.fresh_database() as database:
        town = town_on(database, tmp_path)
        faults = [*faults_of_questions(town), *faults_of_addresses(town)]
        faults += [fault for kind in ON_POSTGRESQL for fault in faults_of_forms(town, kind)]
    assert not faults, "\n".join(faults)


def faults_of_forms(town: Town, kind: str) -> list[str]:
    """What is wrong with the answers to hostile text of a kind in each field of each form."""
    faults: list[str] = []
    for rule in endpoints(town, "POST"):
        who, path = who_may(rule) or callers(town, rule)[0], address_of(town, rule, PALMETTO)
        form = form_of(ROUTES[rule.endpoint], town.things[PALMETTO])
        for name in [name for name in form if kind in HOSTILE or name == "on" or name.endswith("_on")]:
            what = f"{kind} in {name} of {rule.rule}"
            answer = town.sends(who, path, form | {name: (HOSTILE | DATES)[kind]})
            faults += harmless(what, answer)
            if kind == NUL and answer.status_code < 400:
                faults.append(f"{what}: taken with {answer.status_code}")
            if answer.status_code < 400:
                faults += [*harmless_afterwards(town, who, what, answer)]
    return faults


def harmless_afterwards(town: Town, who: str, what: str, answer: TestResponse) -> Iterator[str]:
    """What is wrong with the page that shows what was taken; then all is undone."""
    location = answer.headers.get("Location", "/")
    if not location.startswith("/") or location.startswith("//"):
        yield f"{what}: leads to {location}"
    yield from harmless(f"{what}, afterwards", town.asks(who, "GET", location))
    town.restore()


def test_nothing_after_the_question_mark_breaks_a_page(town: Town) -> None:
    assert not (faults := faults_of_questions(town)), "\n".join(faults)


def faults_of_questions(town: Town) -> list[str]:
    """What is wrong with the answers to hostile text after the question mark of each page."""
    faults: list[str] = []
    for rule in endpoints(town, "GET"):
        who, path = who_may(rule) or callers(town, rule)[0], address_of(town, rule, PALMETTO)
        for kind, value in (HOSTILE | DATES).items():
            asked = DAYS_ASKED if kind in DATES else ASKED + DAYS_ASKED
            answer = town.asks(who, "GET", path, query_string=dict.fromkeys(asked, value))
            faults += harmless(f"{kind} after {rule.rule}?", answer)
    return faults


def test_no_address_breaks_a_page(town: Town) -> None:
    assert not (faults := faults_of_addresses(town)), "\n".join(faults)


def faults_of_addresses(town: Town) -> list[str]:
    """What is wrong with the answers to addresses in which hostile text stands for each part."""
    faults: list[str] = []
    for rule in [rule for method in ("GET", "POST") for rule in endpoints(town, method) if rule.arguments]:
        method, who = methods_of(rule)[0], who_may(rule) or callers(town, rule)[0]
        form = {CSRF_FIELD: town.browsers[who].token, **form_of(ROUTES[rule.endpoint], town.things[PALMETTO])}
        for name in rule.arguments:
            for kind, value in HOSTILE.items():
                path = spoiled(town, rule, name, value)
                answer = town.asks(who, method, path, data=form if method == "POST" else None)
                faults += harmless(f"{method} {kind} as {name} of {rule.rule}", answer)
                if kind == NUL and answer.status_code < 400:
                    faults.append(f"{method} {kind} as {name} of {rule.rule}: {answer.status_code}")
    return faults


def spoiled(town: Town, rule: Rule, name: str, value: str) -> str:
    """The address of a route with `value` in place of one of its parts."""
    whole = re.sub(rf"<(\w+:)?{name}>", quote(value, safe=""), rule.rule)
    things = town.things[PALMETTO]
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda part: str(things[part[1]]), whole)
