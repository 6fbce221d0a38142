"""Keys, rationales and reasons planted in a bank, looked for in every byte that an officer's browser ever receives."""

import io
import zipfile
from collections.abc import Iterator

import pytest
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from lms.exams.models import Attempt, PaperKey, PaperQuestion
from tests.support.exam_room import KEY_CANARY
from tests.support.route_kinds import Scope
from tests.support.routes import ROUTES, address_of, endpoints, form_of
from tests.support.town import CEDAR_FALLS, PALMETTO, Town, may_call

SIDES = {"officer": PALMETTO, "outsider": CEDAR_FALLS}
BANK_NAMES = ("town-0", "town-1", "town-2")
"""The questions' own ids and names: they would lead to the bank."""
SAID_BY_NOBODY = (KEY_CANARY, "rationale", *BANK_NAMES)


def received(answer: TestResponse) -> Iterator[tuple[str, bytes]]:
    """Everything that comes with an answer: its line, its headers, its body, and what a packed body holds."""
    yield "headers", f"{answer.status} {answer.headers}".encode()
    yield "body", answer.data
    if answer.mimetype == "application/zip":
        with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
            yield from ((name, packed.read(name)) for name in packed.namelist())


def shown_ids(town: Town, who: str) -> dict[str, list[tuple[str, list[str]]]]:
    """Of the officer's paper and of the others': each question's key and the ids of all its choices."""
    found: dict[str, list[tuple[str, list[str]]]] = {"own": [], "others": []}
    own = town.things[SIDES[who]]["attempt_id"]
    with town.site.database.reading() as session:
        asked = select(Attempt.id, PaperKey.key, PaperQuestion.content)
        asked = asked.join(PaperKey, PaperKey.paper_hash == Attempt.paper_hash).join(
            PaperQuestion, (PaperQuestion.paper_hash == PaperKey.paper_hash) & (PaperQuestion.position == PaperKey.position)
        )
        for attempt, key, content in session.execute(asked):
            ids = [choice["id"] for choice in content["choices"]]
            found["own" if attempt == own else "others"].append((key, ids))
    return found


def reachable(town: Town, who: str, method: str) -> list[Rule]:
    """The routes that the officer's role can call at all."""
    return [rule for rule in endpoints(town, method) if may_call(town, rule, who)]


def call(town: Town, rule: Rule, method: str, who: str, *, by_script: bool = False) -> TestResponse:
    path, things = address_of(town, rule, SIDES[who]), town.things[SIDES[who]]
    headers = {"X-Requested-With": "fetch", "Accept": "application/json"} if by_script else {}
    if method == "GET":
        return town.asks(who, method, path, headers=headers)
    return town.sends(who, path, form_of(ROUTES[rule.endpoint], things), headers=headers)


def tells(answer: TestResponse, ids: dict[str, list[tuple[str, list[str]]]]) -> list[str]:
    """What of an answer tells a key, why it is right, or anything of another officer's paper."""
    found = []
    for part, content in received(answer):
        text = content.decode("utf-8", "replace")
        found += [f"{part} says {canary}" for canary in SAID_BY_NOBODY if canary in text]
        found += [f"{part} sets {key} apart" for key, all_ids in ids["own"] if len({text.count(one) for one in all_ids}) > 1]
        found += [f"{part} names {one} of another officer's paper" for _, all_ids in ids["others"] for one in all_ids if one in text]
    return found


@pytest.mark.parametrize("who", [*SIDES])
def test_no_byte_that_an_officer_receives_tells_a_key_or_why(town: Town, who: str) -> None:
    """Every route that an officer can call, as a page and as the scripts ask, before the exam is closed and after."""
    town.restore()
    ids = shown_ids(town, who)
    assert ids["own"]
    assert ids["others"]
    found: dict[str, list[str]] = {}
    walked = 0
    for method in ("GET", "POST"):
        for rule in reachable(town, who, method):
            for by_script in (False, True):
                walked += 1
                found[f"{method} {rule.rule}"] = tells(call(town, rule, method, who, by_script=by_script), ids)
                if method == "POST":
                    town.restore()
    hand_in = next(town.app.url_map.iter_rules("exams.submission"))
    assert call(town, hand_in, "POST", who).status_code == 302
    for rule in reachable(town, who, "GET"):
        walked += 1
        found[f"GET {rule.rule} after closing"] = tells(call(town, rule, "GET", who), ids)
    for rule in (one for one in reachable(town, who, "POST") if one.endpoint.startswith("exams.")):
        walked += 1
        found[f"POST {rule.rule} after closing"] = tells(call(town, rule, "POST", who, by_script=True), ids)
    town.restore()
    assert {where: what for where, what in found.items() if what} == {}
    assert walked > 60


def test_the_walk_sees_the_question_and_the_result(town: Town) -> None:
    """It would mean little if the pages that matter were not reached."""
    for endpoint in ("exams.question", "exams.review", "exams.exam", "retention.own"):
        rule = next(town.app.url_map.iter_rules(endpoint))
        assert call(town, rule, "GET", "officer").status_code == 200, endpoint
        assert ROUTES[endpoint].scope in {Scope.OFFICER, Scope.NONE}
    question = call(town, next(town.app.url_map.iter_rules("exams.question")), "GET", "officer").text
    assert all(one in question for one in shown_ids(town, "officer")["own"][0][1])
    staff = town.sends("instructor", f"/question-statistics/{town.things[PALMETTO]['bank_id']}/town-0/views", {}).text
    town.restore()
    assert KEY_CANARY in staff  # the canaries are planted where whoever may see them finds them


def test_no_file_that_the_site_serves_to_everybody_holds_a_canary(town: Town) -> None:
    page = town.asks("officer", "GET", "/").text
    served = {part.partition('"')[0] for part in page.split('"/static/')[1:]}
    assert served
    for path in served:
        answer = town.asks("officer", "GET", f"/static/{path}")
        assert not [canary for canary in (KEY_CANARY, *BANK_NAMES) if canary.encode() in answer.data]
