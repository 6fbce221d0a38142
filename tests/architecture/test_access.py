"""Who may call what, as a table: every person on every route, with things of either agency and with things that do not exist."""

from enum import StrEnum

import pytest
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from lms.web.application import Application
from tests.support.route_kinds import Scope
from tests.support.routes import AUDIENCES, ROUTES, address_of, callers, endpoints, form_of, sides_of, sides_served
from tests.support.town import NOBODY, NOWHERE, Town, declared, may_call, methods_of, told

PEOPLE = (
    "administrator",
    "instructor",
    "proctor",
    "certifier",
    "program_officer",
    "supervisor",
    "verifier",
    "coordinator",
    "officer",
    "outsider_coordinator",
    "outsider",
    NOBODY,
)


class Outcome(StrEnum):
    """What somebody who calls a route meets."""

    SERVED = "served"
    SIGN_IN = "led to the sign-in page"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "told that there is no such page"


def test_every_route_is_in_the_table(app: Application) -> None:
    rules = list(app.url_map.iter_rules())
    missing = [f"{rule.endpoint} ({' '.join(methods_of(rule))} {rule.rule})" for rule in rules if rule.endpoint not in ROUTES]
    assert not missing, (
        f"These routes are not in the table: {', '.join(sorted(missing))}. Add each to ROUTES in tests/support/routes.py with the Scope "
        "of the things that its address names (whose are they, and what does everybody else get?), and for a POST the form that it takes."
    )
    gone = set(ROUTES) - {rule.endpoint for rule in rules}
    assert not gone, f"These routes are in the table and not on the site: {', '.join(sorted(gone))}. Take them out of ROUTES."


def test_every_route_is_open_to_those_whom_the_table_names(app: Application) -> None:
    said = {endpoint: needs for needs, endpoints in AUDIENCES.items() for endpoint in endpoints.split()}
    now = {rule.endpoint: declared(app, rule) for rule in app.url_map.iter_rules()}
    changed = {
        endpoint: f"{needs.name}, in the table {said.get(endpoint)!r}" for endpoint, needs in now.items() if said.get(endpoint) != needs
    }
    assert not changed, f"Who may call these changed. If that is meant, change AUDIENCES in tests/support/routes.py: {changed}"


def expected(town: Town, rule: Rule, who: str, side: str) -> Outcome:
    """What the declared permission and the scope of the route say."""
    scope = ROUTES[rule.endpoint].scope
    if not may_call(town, rule, who):
        return Outcome.SIGN_IN if who == NOBODY else Outcome.FORBIDDEN
    if side == NOWHERE:
        return Outcome.NOT_FOUND
    if side not in sides_served(town, scope, who):
        return Outcome.NOT_FOUND
    if scope is Scope.OFFERED and who != NOBODY:
        return Outcome.FORBIDDEN
    return Outcome.SERVED


def met(answer: TestResponse) -> Outcome:
    """What an answer amounts to."""
    if answer.status_code == 401 or (answer.status_code in {302, 303} and answer.headers["Location"].startswith("/sign-in?next=")):
        return Outcome.SIGN_IN
    return {403: Outcome.FORBIDDEN, 404: Outcome.NOT_FOUND}.get(answer.status_code, Outcome.SERVED)


def call(town: Town, rule: Rule, method: str, who: str, side: str) -> TestResponse:
    """One call of a route; what it wrote is undone."""
    path, form = address_of(town, rule, side), form_of(ROUTES[rule.endpoint], town.things[side])
    if method == "GET":
        return town.asks(who, method, path)
    answer = town.sends(who, path, form)
    if may_call(town, rule, who):
        town.restore()
    return answer


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("who", PEOPLE)
def test_everybody_meets_what_the_table_says_and_cannot_tell_what_is_not_theirs_from_nothing(town: Town, method: str, who: str) -> None:
    """Other people's things answer as things that do not exist; a role that is refused a route is refused it for everything alike."""
    faults = []
    for rule in endpoints(town, method):
        answers = {side: call(town, rule, method, who, side) for side in sides_of(rule)}
        for side, answer in answers.items():
            should = expected(town, rule, who, side)
            if met(answer) is not should or answer.status_code >= 500:
                faults.append(f"{who}, {method} {rule.rule} of {side}: {answer.status_code}, should be {should}")
            looked_up = should is Outcome.SERVED or (should is Outcome.FORBIDDEN and ROUTES[rule.endpoint].scope is Scope.OFFERED)
            nothing = seen(town, rule, NOWHERE, answers[NOWHERE]) if not looked_up and rule.arguments else None
            if nothing is not None and seen(town, rule, side, answer) != nothing:
                faults.append(f"{who}, {method} {rule.rule}: {side} can be told from nothing at all")
    assert not faults, "\n".join(faults)


def seen(town: Town, rule: Rule, side: str, answer: TestResponse) -> tuple[object, ...]:
    """An answer as far as it could tell something: without its token, and without the address that was asked for."""
    path = address_of(town, rule, side)
    status, body = told(answer)
    headers = sorted((name, value.replace(path, "")) for name, value in answer.headers if name != "Content-Length")
    return status, body.replace(path, ""), headers


def test_no_route_is_closed_to_everybody(town: Town) -> None:
    assert [rule.rule for rule in town.app.url_map.iter_rules() if not callers(town, rule)] == []


def test_a_method_that_a_route_does_not_answer_is_refused_without_running_it(town: Town) -> None:
    for rule in town.app.url_map.iter_rules():
        for method in ("PUT", "PATCH", "DELETE"):
            answer = town.asks("administrator", method, address_of(town, rule, sides_of(rule)[0]))
            assert answer.status_code in {403, 405}, f"{method} {rule.rule}"


def test_heads_and_options_are_as_closed_as_the_page(town: Town) -> None:
    for rule in [one for one in endpoints(town, "GET") if str(declared(town.app, one)) != "everyone"]:
        path = address_of(town, rule, sides_of(rule)[0])
        closed = 401 if ROUTES[rule.endpoint].as_json else 302  # a program is told, a person is led to the sign-in page
        wants = {"Accept": "application/json"} if ROUTES[rule.endpoint].as_json else {}
        assert [town.asks(NOBODY, method, path, headers=wants).status_code for method in ("HEAD", "OPTIONS")] == [closed, closed], rule.rule
