"""A session whose password was right and whose factor is not proved: it reaches nothing, on no route and by no way around."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from werkzeug.routing import Rule

from lms.accounts import factor_service
from lms.accounts.rules import SYSTEM
from lms.accounts.vault import vault_in
from lms.app import create_app
from lms.db.session import Database
from lms.web.guard import Access
from tests.support.browser import SECOND_STEP, Visitor
from tests.support.cast import PASSWORD
from tests.support.routes import ROUTES, address_of, endpoints, form_of
from tests.support.statements import is_write, statements_on
from tests.support.town import PALMETTO, Browser, Town

ALWAYS = {
    "accounts.privacy",
    "accounts.sign_in",
    "accounts.sign_out",
    "accounts.signing_in",
    "health.healthz",
    "second_step.passkey_question",
    "second_step.prove",
    "second_step.second_step",
}
"""What is served to a session half way, said a second time: whoever adds to it says so here too."""
SET_UP = {
    "factors.add_code_app",
    "factors.add_passkey",
    "factors.factors",
    "factors.new_code_app",
    "factors.new_passkey",
    "factors.passkey_question",
}
"""What is served beside that to somebody who must set up a factor and has none: never to one who has one to prove."""


def half_way(town: Town, who: str) -> Browser:
    """The browser of a person who gave the right password and nothing more."""
    visitor = Visitor(town.app)
    answer = visitor.sends("/sign-in", email=town.people[who].email, password=PASSWORD)
    assert answer.headers["Location"].startswith(SECOND_STEP)
    visitor.client.get("/account/factors")
    token = visitor.token()
    cookie = visitor.client.get_cookie("lms")
    assert cookie is not None
    return Browser(f"lms={cookie.value}", token)


def declared(town: Town) -> Iterator[tuple[str, Access]]:
    for rule in town.app.url_map.iter_rules():
        view: Any = town.app.view_functions[rule.endpoint]
        yield rule.endpoint, view.access


def test_what_a_session_half_way_reaches_is_known(town: Town) -> None:
    assert {endpoint for endpoint, view in declared(town) if view.always} == ALWAYS
    assert {endpoint for endpoint, view in declared(town) if view.owing} == SET_UP


def asked(town: Town, browser: Browser, rule: Rule, method: str) -> None:
    """Call a route; it must lead to the second step, and write nothing."""
    path, form = address_of(town, rule, PALMETTO), {"csrf_token": browser.token, **form_of(ROUTES[rule.endpoint], town.things[PALMETTO])}
    with statements_on(town.site.database) as heard:
        wants = {"Accept": "application/json"} if ROUTES[rule.endpoint].as_json else {}
        answer = town.asks("", method, path, browser=browser, headers=wants, **({"data": form} if method == "POST" else {}))
    if method == "GET" and not ROUTES[rule.endpoint].as_json:
        assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, SECOND_STEP), rule.rule
    else:
        assert answer.status_code == 401, f"{rule.rule} answered {answer.status_code}"
    assert not [statement for statement in heard if is_write(statement)], rule.rule


@pytest.mark.parametrize("who", ["administrator", "program_officer", "certifier", "coordinator"])
def test_who_has_a_factor_to_prove_reaches_no_route_before(town: Town, who: str) -> None:
    browser = half_way(town, who)
    for method in ("GET", "POST"):
        for rule in endpoints(town, method):
            if rule.endpoint not in ALWAYS:
                asked(town, browser, rule, method)


def test_who_must_set_up_a_factor_reaches_nothing_but_that(town: Town) -> None:
    person = town.people["administrator"]
    with town.site.database.writing() as session:
        factor_service.reset(session, actor=SYSTEM, user_id=person.user_id, reason="Lost", now=town.clock.now())
    browser = half_way(town, "administrator")
    for method in ("GET", "POST"):
        for rule in endpoints(town, method):
            if rule.endpoint not in ALWAYS | SET_UP:
                asked(town, browser, rule, method)
    assert town.asks("", "GET", "/account/factors", browser=browser).status_code == 200


def test_a_factor_that_is_set_up_elsewhere_closes_the_way_around(town: Town) -> None:
    """Somebody with the password alone waits on the page for a first factor, while its owner sets one up."""
    person = town.people["certifier"]
    with town.site.database.writing() as session:
        factor_service.reset(session, actor=SYSTEM, user_id=person.user_id, reason="Lost", now=town.clock.now())
    waiting = half_way(town, "certifier")
    Visitor(town.app).signs_in_as(person)
    assert town.asks("", "GET", "/account/code-apps/new", browser=waiting).headers["Location"].startswith("/sign-in?next=")


def test_no_navigation_and_no_notice_is_shown_half_way(town: Town) -> None:
    page = town.asks("", "GET", SECOND_STEP, browser=half_way(town, "administrator")).text
    assert "Confirm that it is you" in page
    assert 'href="/people"' not in page
    assert "Standing notices" not in page


def test_the_second_step_needs_a_session_and_a_token(town: Town) -> None:
    assert town.asks("nobody", "GET", SECOND_STEP).status_code == 302
    assert town.sends("nobody", SECOND_STEP, {"code": "123456"}).status_code == 401
    browser = half_way(town, "certifier")
    assert town.asks("", "POST", SECOND_STEP, browser=browser, data={"code": "123456"}).status_code == 403


def test_a_session_that_ended_meanwhile_is_not_promoted(town: Town) -> None:
    """The factors are reset, which ends every session, between the question and the answer."""
    person, visitor = town.people["certifier"], Visitor(town.app)
    visitor.sends("/sign-in", email=person.email, password=PASSWORD)
    answer = visitor.passkey_answer(person)
    with town.site.database.writing() as session:
        factor_service.reset(session, actor=SYSTEM, user_id=person.user_id, reason="Stolen", now=town.clock.now())
    assert visitor.sends(SECOND_STEP, answer=answer).status_code == 401
    assert visitor.opens("/account").headers["Location"].startswith("/sign-in?next=")


def test_resetting_and_disabling_end_sessions_on_every_worker_at_once(town: Town) -> None:
    database = Database(str(town.site.database.engine.url))
    other = replace(town, app=create_app(replace(town.site, database=database)), site=replace(town.site, database=database))
    try:
        for what, who in (("factor-reset", "certifier"), ("disabling", "proctor")):
            assert other.asks(who, "GET", "/account").status_code == 200
            path = f"/people/{town.people[who].user_id}/{what}"
            assert town.sends("administrator", path, {"reason": "Reported stolen"}).status_code == 303
            assert [one.asks(who, "GET", "/account").status_code for one in (town, other)] == [302, 302]
            assert other.sends(who, "/account/recovery-codes", {}).status_code == 401
    finally:
        database.close()


def test_secrets_of_factors_stay_out_of_the_log_and_out_of_other_pages(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    page = town.asks("certifier", "GET", "/account/code-apps/new").text
    secret = page.split("data-secret>", 1)[1].split("<", 1)[0].strip()
    assert len(secret.replace("-", "")) == 32
    town.sends("certifier", "/account/code-apps", {"name": "x", "code": "000000", "sealed": "broken"})
    assert secret not in caplog.text
    assert vault_in(town.site.settings.data).opened(b"short", purpose="any") is None
