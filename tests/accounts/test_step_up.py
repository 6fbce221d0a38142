"""Protected acts ask for a fresh proof, keep what was typed, and go on only with the same person's own form."""

import io
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lms.accounts.models import Grant, GrantEnding
from lms.db.session import Database
from lms.kernel.clock import FrozenClock
from tests.support.browser import SECOND_STEP, Visitor
from tests.support.cast import Cast

ALMOST = timedelta(minutes=10) - timedelta(milliseconds=1)


@pytest.fixture
def administrator(app: Flask, cast: Cast) -> Visitor:
    return Visitor(app).signs_in_as(cast.administrator)


@pytest.fixture
def ending(cast: Cast, sqlite: Database) -> str:
    with sqlite.reading() as session:
        grant = session.scalars(select(Grant.id).where(Grant.user_id == cast.proctor.user_id)).one()
    return f"/people/grants/{grant}/ending"


def ended(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(GrantEnding.reason)))


def form_on(visitor: Visitor) -> tuple[str, dict[str, str]]:
    """The address and the hidden fields of the page's own form, its token apart."""
    form = next(one for one in visitor.page.all("form") if one.is_inside("main"))
    fields = [one for one in visitor.page.all("input") if form in one.around and one.attributes.get("type") == "hidden"]
    named = {str(one.attributes["name"]): str(one.attributes.get("value", "")) for one in fields}
    return str(form.attributes["action"]), {name: value for name, value in named.items() if name != "csrf_token"}


def test_a_proof_counts_for_ten_minutes(administrator: Visitor, ending: str, sqlite: Database, clock: FrozenClock) -> None:
    clock.advance(ALMOST)
    assert administrator.sends(ending, reason="").status_code == 422
    clock.advance(timedelta(milliseconds=1))
    answer = administrator.sends(ending, reason="Left the program")
    assert answer.status_code == 401
    assert "What you typed is kept" in answer.text
    assert ended(sqlite) == []


def test_after_the_proof_the_same_form_goes_on(
    administrator: Visitor, cast: Cast, ending: str, sqlite: Database, clock: FrozenClock
) -> None:
    clock.advance(timedelta(minutes=11))
    administrator.sends(ending, reason="Left the “program”\nfor good")
    kept = administrator.page.hidden("kept")
    assert kept
    assert "Left the" not in administrator.page.elements[0].text
    wrong = administrator.sends(SECOND_STEP, code="000000", kept=kept)
    assert wrong.status_code == 422
    assert administrator.page.hidden("kept") == kept
    administrator.proves(cast.administrator, kept=kept)
    assert ended(sqlite) == []
    path, fields = form_on(administrator)
    assert (path, fields) == (ending, {"reason": "Left the “program”\nfor good"})
    assert administrator.sends(path, **fields).status_code == 303
    assert ended(sqlite) == ["Left the “program”\nfor good"]


def test_the_form_that_goes_on_needs_its_token(
    administrator: Visitor, cast: Cast, ending: str, sqlite: Database, clock: FrozenClock
) -> None:
    clock.advance(timedelta(minutes=11))
    administrator.sends(ending, reason="Left")
    administrator.proves(cast.administrator, kept=administrator.page.hidden("kept") or "")
    path, fields = form_on(administrator)
    assert administrator.client.post(path, data=fields).status_code == 403
    assert administrator.client.post(path, data=fields | {"csrf_token": "guess"}).status_code == 403
    assert ended(sqlite) == []


def test_a_forged_request_is_refused_before_anything_is_kept(administrator: Visitor, ending: str, clock: FrozenClock) -> None:
    clock.advance(timedelta(minutes=11))
    assert administrator.client.post(ending, data={"reason": "Forged"}).status_code == 403


def test_what_was_kept_for_one_person_opens_for_no_other(
    administrator: Visitor, app: Flask, cast: Cast, ending: str, clock: FrozenClock
) -> None:
    clock.advance(timedelta(minutes=11))
    administrator.sends(ending, reason="Left")
    kept = administrator.page.hidden("kept") or ""
    certifier = Visitor(app).signs_in_as(cast.certifier)
    for sent in (kept, kept[:-8], "AAAA", "é"):
        assert certifier.proves(cast.certifier, kept=sent).headers["Location"] == "/"


def test_a_file_is_not_kept_and_the_page_says_so(app: Flask, cast: Cast, ending: str, clock: FrozenClock) -> None:
    administrator = Visitor(app).signs_in_as(cast.administrator)
    clock.advance(timedelta(minutes=11))
    answer = administrator.sends(ending, reason="Left", file=(io.BytesIO(b"x"), "x.pdf"))
    assert answer.status_code == 401
    assert "choose the file again" in answer.text
    assert not administrator.page.hidden("kept")


def test_a_page_that_asks_for_a_proof_is_opened_after_it(administrator: Visitor, cast: Cast, clock: FrozenClock) -> None:
    clock.advance(timedelta(minutes=11))
    answer = administrator.opens("/account/code-apps/new")
    assert answer.headers["Location"] == f"{SECOND_STEP}?next=/account/code-apps/new"
    administrator.follows(answer)
    proved = administrator.proves(cast.administrator, next=administrator.page.hidden("next") or "")
    assert administrator.follows(proved).status_code == 200


def test_a_proof_leads_to_no_other_site(administrator: Visitor, cast: Cast) -> None:
    assert administrator.proves(cast.administrator, next="//evil.example").headers["Location"] == "/"


def test_a_script_is_told_in_json(administrator: Visitor, clock: FrozenClock) -> None:
    clock.advance(timedelta(minutes=11))
    answer = administrator.sends_json("/account/passkeys/question", {}, Accept="application/json")
    assert (answer.status_code, answer.mimetype) == (401, "application/json")


def test_looking_asks_for_no_fresh_proof(administrator: Visitor, ending: str, clock: FrozenClock) -> None:
    clock.advance(timedelta(hours=2))
    assert administrator.opens(ending).status_code == 200
    assert administrator.opens("/people").status_code == 200
