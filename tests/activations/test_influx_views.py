"""Program officers run the whole path in the browser; what is wrong is told, and what was typed is kept."""

import csv
import io
import uuid

import pytest
from flask import Flask

from lms.db.session import Database
from lms.influx import order_queries, order_service, queries
from lms.influx.period import Boundaries, Kind
from lms.influx.service import Change
from tests.audit.emergency import CONSENT, INSTRUMENT, ORDER, SPAN, TOLD
from tests.influx import world
from tests.influx.world import NOON, Influx
from tests.support.browser import Visitor
from tests.support.cast import cast_of
from tests.support.statements import statements_on

MOST_STATEMENTS = 12
FORM: dict[str, object] = {
    "title": "Fictional influx",
    "grounds": ["d", "b"],
    "time_zone": "America/New_York",
    "states": ["SC"],
    "counties": "Monroe, FL\nMiami-Dade County, FL\n12011",
    **INSTRUMENT,
    **SPAN,
}


@pytest.fixture
def made(sqlite: Database) -> Influx:
    with sqlite.writing() as session:
        return world.furnish(session, cast_of(session, now=NOON))


@pytest.fixture
def first(app: Flask, made: Influx) -> Visitor:
    return Visitor(app).signs_in_as(made.first)


@pytest.fixture
def second(app: Flask, made: Influx) -> Visitor:
    return Visitor(app).signs_in_as(made.second)


@pytest.fixture
def declaration(sqlite: Database, made: Influx) -> uuid.UUID:
    with sqlite.writing() as session:
        return world.declared(session, made)


@pytest.fixture
def activated(sqlite: Database, made: Influx, declaration: uuid.UUID) -> uuid.UUID:
    with sqlite.writing() as session:
        world.activated(session, made, declaration)
    return declaration


def filled(sent: dict[str, object], made: Influx) -> dict[str, object]:
    """The form of an order with the names of its agreement in it."""
    told = {name.replace("{agreement}", str(made.agreement_id)): value for name, value in (sent | CONSENT).items()}
    officer = f"{made.agreement_id}:{made.cast.officer.officer}"
    return told | {"agreements": str(made.agreement_id), "officers": officer}


def test_a_declaration_goes_from_the_form_through_a_second_person_to_its_end(first: Visitor, second: Visitor) -> None:
    first.opens("/declarations/new")
    answer = first.follows(first.sends("/declarations", **FORM))
    assert "Waits for another person" in answer.text
    path = answer.request.path
    assert "South Carolina, Broward, FL, Miami-Dade, FL, Monroe, FL" in answer.text
    (act,) = second.opens(path).text.split('/confirmation"')[0].rsplit("/", 1)[-1:]
    assert first.sends(f"{path}/acts/{act}/confirmation").status_code == 403
    told = second.follows(second.sends(f"{path}/acts/{act}/confirmation")).text
    assert "In force" in told
    assert "Nov 20, 2026, 12:00 AM EST" in told
    assert "Dec 21, 2026, 12:00 AM EST" in told
    assert first.opens(f"{path}/acts/extension").status_code == 200
    assert first.opens(f"{path}/acts/nothing").status_code == 404
    short = INSTRUMENT | {"begins_on": "2026-11-20", "ends_on": "2026-12-01"}
    assert "ends before the declaration does" in first.sends(f"{path}/acts/extension", **short).text
    assert first.sends(f"{path}/acts/publication", **INSTRUMENT).status_code == 422
    assert first.sends(f"{path}/acts/termination", **INSTRUMENT).status_code == 303
    assert first.sends("/declarations", **FORM).headers["Location"] == "/declarations"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"counties": "Atlantis, FL", "states": []}, "“Atlantis, FL” is not one county"),
        ({"counties": "", "states": []}, "Choose at least one State"),
        ({"counties": "12011\n" * 501}, "at most 500"),
        ({"ends_on": "2026-11-01"}, "The last day lies before the first"),
        ({"grounds": []}, "Choose at least one ground"),
    ],
)
def test_a_declaration_with_a_fault_is_shown_again_with_what_was_typed(first: Visitor, change: dict[str, object], said: str) -> None:
    answer = first.sends("/declarations", **(FORM | change))
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="Fictional influx"' in answer.text


def test_a_late_extension_shows_its_gap(first: Visitor, sqlite: Database, made: Influx, declaration: uuid.UUID) -> None:
    with sqlite.writing() as session:
        world.changes(session, made, declaration, Change(Kind.TERMINATED), at=NOON, confirmed=False)
        world.changes(session, made, declaration, Change(Kind.EXTENDED, world.ENDS, world.ENDS + world.DAY * 60), at=NOON)
    assert "Gap" not in first.opens(f"/declarations/{declaration}").text
    assert "Fictional influx" in first.opens("/declarations").text


def test_one_confirmation_activates_what_is_chosen_or_everything(first: Visitor, made: Influx, declaration: uuid.UUID) -> None:
    path = f"/declarations/{declaration}/activation"
    text = first.opens(path).text
    assert "Dana Rivera" in text
    assert "not begun" in text
    assert first.sends(path, **(TOLD | {"agreements": str(made.agreement_id), "how": ""})).status_code == 422
    assert "Choose at least one agreement" in first.sends(path, **TOLD).text
    early = first.sends(path, **(TOLD | {"which": "all", "told_on": "2026-10-01"}))
    assert early.status_code == 409
    assert "Nothing was activated" in early.text
    assert "Palmetto County" in first.follows(first.sends(path, **(TOLD | {"which": "all"}))).text
    assert "Activated" in first.opens(path).text
    assert "While the declaration is in force" in first.opens(f"/agreements/{made.agreement_id}").text


def test_an_agreement_that_lacks_terms_is_named_and_nothing_is_activated(
    first: Visitor, sqlite: Database, made: Influx, declaration: uuid.UUID
) -> None:
    with sqlite.writing() as session:
        poor = world.contingency(session, made.cast, agency=made.cast.palmetto, complete=False)
    path = f"/declarations/{declaration}/activation"
    answer = first.sends(path, **(TOLD | {"agreements": [str(made.agreement_id), str(poor)]}))
    assert answer.status_code == 409
    assert "i, ii, iii, iv" in answer.text
    assert "Activated agreements" in first.opens(f"/declarations/{declaration}").text
    assert "None yet." in first.opens(f"/declarations/{declaration}").text


def test_an_order_is_refused_with_every_unmet_condition_then_recorded_confirmed_and_extended(
    first: Visitor, second: Visitor, made: Influx, activated: uuid.UUID
) -> None:
    path = f"/declarations/{activated}/orders"
    assert first.opens(f"{path}/new").status_code == 200
    poor = first.sends(path, **(filled(ORDER, made) | {"available": "90", "agreements": "", "module-module-1": "shortened"}))
    assert poor.status_code == 422
    for said in ("No agreement is covered", "That is no shortfall", "at least one and not all", 'value="Dana Fictional"'):
        assert said in poor.text
    assert first.sends(path, **(filled(ORDER, made) | {"decider": ""})).status_code == 422
    answer = first.follows(first.sends(path, **filled(ORDER, made)))
    order = answer.request.path
    assert "Waits for another person" in answer.text
    assert first.sends(path, **filled(ORDER, made)).headers["Location"] == path
    assert first.sends(f"{order}/confirmation").status_code == 403
    text = second.follows(second.sends(f"{order}/confirmation")).text
    assert "Dana Rivera" in text
    assert "Not certified" in text
    assert first.sends(f"{order}/track", offering="").status_code == 422
    track = {"offering": str(made.short), "officers": [str(made.cast.officer.officer)]}
    assert first.sends(f"{order}/track", **(track | {"officers": [str(made.cast.outsider.officer)]})).status_code == 422
    assert first.sends(f"{order}/track", **track).status_code == 303
    later = {"x-ends_on": "2026-12-20", "x-decider": "Dana Fictional", "x-office": "Demonstration", "x-reason": "Arrivals go on"}
    assert "with the declaration at the latest" in first.sends(f"{order}/extensions", **(later | {"x-ends_on": "2027-12-20"})).text
    assert first.sends(f"{order}/extensions", **(later | {"x-reason": ""})).status_code == 422
    first.sends(f"{order}/extensions", **later)
    second.opens(order)
    (extension,) = second.opens(order).text.split('/confirmation"')[0].rsplit("/", 1)[-1:]
    assert "Dec 21, 2026, 12:00 AM EST" in second.follows(second.sends(f"{order}/extensions/{extension}/confirmation")).text
    assert "Robin" not in first.opens(path).text


def test_the_officer_acknowledges_and_sees_what_is_owed(
    app: Flask, sqlite: Database, made: Influx, activated: uuid.UUID, first: Visitor
) -> None:
    with sqlite.writing() as session:
        order = world.ordered(session, made, activated)
    officer = Visitor(app).signs_in_as(made.cast.officer)
    home = officer.opens("/").text
    assert "Read and acknowledge" in home
    assert "Module 4; Module 5" in home
    assert "I acknowledge this" in officer.opens(f"/orders/{order}/acknowledgment").text
    officer.follows(officer.sends(f"/orders/{order}/acknowledgment"))
    assert "You acknowledged them" in officer.opens(f"/orders/{order}/acknowledgment").text
    stranger = Visitor(app).signs_in_as(made.cast.outsider)
    assert stranger.opens(f"/orders/{order}/acknowledgment").status_code == 404
    assert stranger.sends(f"/orders/{order}/acknowledgment").status_code == 404
    debts = first.opens(f"/declarations/{activated}/debts").text
    assert "Module 4; Module 5" in debts
    assert "1 hour" in debts


def test_the_after_action_data_are_safe_against_formulas(sqlite: Database, made: Influx, activated: uuid.UUID, first: Visitor) -> None:
    with sqlite.writing() as session:
        draft = world.order_draft(made, decider="=cmd()")
        actor = made.first.identity
        order = order_service.order(session, actor=actor, declaration_id=activated, draft=draft, form_id=uuid.uuid4(), now=NOON)
        session.flush()
        order_service.confirm(session, actor=made.second.identity, order_id=order, now=NOON)
    answer = first.opens(f"/declarations/{activated}/after-action")
    headings, row = csv.reader(io.StringIO(answer.text))
    said = dict(zip(headings, row, strict=True))
    assert said["Order decided by"] == "'=cmd()"
    assert (said["Officer"], said["Stands as"], said["Minutes owed"]) == ("Dana Rivera", "not certified", "60")
    assert said["Subjects missing"].count(";") == 3


def test_every_page_of_a_drill_says_so(app: Flask, sqlite: Database, made: Influx, first: Visitor) -> None:
    with sqlite.writing() as session:
        drill = world.declared(session, made, drill=True)
        world.activated(session, made, drill)
        order = world.ordered(session, made, drill)
    pages = ("", "/activation", "/orders", "/orders/new", "/debts", "/acts/extension")
    for path in (*(f"/declarations/{drill}{page}" for page in pages), f"/orders/{order}"):
        assert "every paper of it is void" in first.opens(path).text
    assert "A drill is running: Fictional influx" in first.opens("/agencies").text
    officer = Visitor(app).signs_in_as(made.cast.officer)
    assert "every paper of it is void" in officer.opens(f"/orders/{order}/acknowledgment").text


def test_no_page_asks_the_database_more_than_twelve_times(sqlite: Database, made: Influx, activated: uuid.UUID, first: Visitor) -> None:
    with sqlite.writing() as session:
        world.ordered(session, made, activated)
    asked: dict[str, int] = {}
    of_declaration = (f"/declarations/{activated}{page}" for page in ("", "/activation", "/orders", "/debts"))
    for path in ("/declarations", *of_declaration, f"/agencies/{made.cast.palmetto}/counties"):
        with statements_on(sqlite) as heard:
            first.opens(path)
        asked[path] = len([one for one in heard if one.lstrip().upper().startswith("SELECT")])
    assert {path: count for path, count in asked.items() if count > MOST_STATEMENTS} == {}


def test_counties_are_searched_by_name_and_kept(first: Visitor, made: Influx) -> None:
    path = f"/agencies/{made.cast.palmetto}/counties"
    assert "Beaufort" in first.opens(path).text
    found = first.sends(path, search="1", words="charles", counties="45013").text
    assert "Charleston" in found
    assert "Greenville" not in found
    assert "Choose counties of the agency" in first.sends(path, words="", counties="12011").text
    first.follows(first.sends(path, counties=["45019", "45013"]))
    assert "Beaufort, Charleston" in first.opens(f"/agencies/{made.cast.palmetto}").text
    first.sends(path, words="")
    assert "The whole State" in first.opens(f"/agencies/{made.cast.palmetto}").text


def test_the_procedure_of_activation_stands_with_the_terms(first: Visitor, made: Influx) -> None:
    path = f"/agreements/{made.agreement_id}/terms"
    assert "then written to" in first.opens(path).text
    assert first.sends(path, procedure="x" * 2001).status_code == 422
    first.sends(path, procedure="By courier")
    assert "By courier" in first.opens(f"/agreements/{made.agreement_id}").text


def test_boundaries_that_were_set_are_shown_for_change(first: Visitor, sqlite: Database, made: Influx) -> None:
    with sqlite.writing() as session:
        where = Boundaries(frozenset({"SC"}), frozenset({"12087"}))
        found = world.declared(session, made, change=Change(Kind.DECLARED, world.BEGINS, world.ENDS, where))
    text = first.opens(f"/declarations/{found}/acts/boundaries").text
    assert "Monroe, FL" in text
    assert "1 chosen" in text
    with sqlite.reading() as session:
        assert queries.declaration_count(session) == 1
        assert order_queries.orders_by_id(session, []) == {}
