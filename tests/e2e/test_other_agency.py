"""In a browser: the coordinator of one agency tries every page and every form of another, and gets what a stranger gets."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from werkzeug.routing import Rule

from tests.e2e.actors import Actor, Stage
from tests.support.live import live_site
from tests.support.route_kinds import Scope
from tests.support.routes import ROUTES, address_of, endpoints, form_of, sides_served
from tests.support.town import CEDAR_FALLS, NOWHERE, PALMETTO, TOKEN, Town, may_call, town_in

pytestmark = pytest.mark.e2e

WHO = "coordinator"
SENDS = """async ([path, fields]) => {
    const token = document.querySelector("input[name=csrf_token]").value;
    const body = new URLSearchParams({ csrf_token: token, ...fields });
    const answer = await fetch(path, { method: "POST", body, redirect: "manual" });
    return [answer.status, answer.type, await answer.text()];
}"""
"""Sends a form as the page before it would."""
Answer = tuple[object, ...]


@pytest.fixture(scope="module")
def town(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Town:
    """Two agencies side by side. It is built before a browser is open, since its papers are signed in this thread."""
    return town_in(tmp_path_factory.mktemp("town"), migrated_sqlite)


@pytest.fixture
def here(town: Town, browser: Browser, tmp_path: Path) -> Iterator[Stage]:
    """The town on a port."""
    with live_site(town.app, town.site, town.clock) as live:
        stage = Stage(browser, live, tmp_path)
        yield stage
        stage.close()


def closed(town: Town, rule: Rule) -> bool:
    """Whether an address of the route can name a thing that the coordinator is not served. A secret link serves whoever holds it."""
    scope = ROUTES[rule.endpoint].scope
    if not rule.arguments or scope in {Scope.LINK, Scope.OFFERED}:
        return False
    return not may_call(town, rule, WHO) or CEDAR_FALLS not in sides_served(town, scope, WHO)


def opened(actor: Actor, path: str) -> Answer:
    """What a page shows."""
    answer = actor.page.goto(path)
    assert answer is not None
    return answer.status, actor.page.inner_text("body").replace(path, "")


def sent(actor: Actor, path: str, fields: dict[str, str]) -> Answer:
    """What a form is answered."""
    status, kind, text = actor.page.evaluate(SENDS, [path, fields])
    return status, kind, TOKEN.sub("", text).replace(path, "")


def tries(actor: Actor, town: Town, rule: Rule, method: str, side: str) -> Answer:
    """One page or form about the things of a side."""
    path = address_of(town, rule, side)
    return opened(actor, path) if method == "GET" else sent(actor, path, form_of(ROUTES[rule.endpoint], town.things[side]))


def test_a_coordinator_gets_from_another_agencys_pages_and_forms_what_a_stranger_gets(town: Town, here: Stage) -> None:
    coordinator = here.somebody("Hollis Greene").opens("/sign-in")
    coordinator.page.context.add_cookies([{"name": "lms", "value": town.browsers[WHO].cookie.removeprefix("lms="), "url": here.live.url}])
    coordinator.opens(f"/agencies/{town.things[PALMETTO]['agency_id']}").sees("Palmetto County")
    faults, tried = [], 0
    for method in ("GET", "POST"):
        coordinator.opens("/account")
        for rule in [one for one in endpoints(town, method) if closed(town, one)]:
            theirs, nothing = (tries(coordinator, town, rule, method, side) for side in (CEDAR_FALLS, NOWHERE))
            tried += 1
            if theirs != nothing or theirs[0] not in {403, 404}:
                faults.append(f"{method} {rule.rule}: {theirs[0]} {theirs[1]!r} for Cedar Falls, {nothing[0]} for nothing at all")
    assert not faults, "\n".join(faults)
    assert tried > 100
