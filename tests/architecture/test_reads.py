"""Reading writes nothing: no page leaves a trace by being opened, but for the first sight of an exam's question."""

from lms.accounts.permissions import Permission
from tests.support.route_kinds import Scope
from tests.support.routes import ROUTES, address_of, callers, endpoints
from tests.support.statements import is_write, statements_on
from tests.support.town import NOBODY, PALMETTO, Town, declared

THE_EXCEPTION = "exams.question"
"""Rule R-10 asks who saw which question when: the first view is recorded, in a short transaction of its own."""

WRITING = ["challenges.challenge", THE_EXCEPTION, "regrades.question"]
"""Those pages, with the two that show a question to who decides about it."""


def test_opening_any_page_writes_nothing_but_the_first_view_of_a_question(town: Town) -> None:
    wrote: dict[str, list[str]] = {}
    for rule in endpoints(town, "GET"):
        for who in [*callers(town, rule), *([NOBODY] if ROUTES[rule.endpoint].scope in {Scope.NONE, Scope.LINK, Scope.OFFERED} else [])]:
            with statements_on(town.site.database) as heard:
                town.asks(who, "GET", address_of(town, rule, PALMETTO))
            if writes := [statement for statement in heard if is_write(statement)]:
                wrote.setdefault(rule.endpoint, []).extend(writes)
    assert sorted(wrote) == WRITING
    assert len(wrote[THE_EXCEPTION]) == 1, "the second sight of a question, or a stranger's, left something"
    assert "question_view" in wrote[THE_EXCEPTION][0]


def test_the_table_names_the_one_page_that_writes() -> None:
    assert sorted(endpoint for endpoint, route in ROUTES.items() if route.writes_on_reading) == WRITING


def test_asking_for_the_head_or_the_options_of_a_page_writes_nothing(town: Town) -> None:
    for rule in endpoints(town, "GET"):
        if rule.endpoint == THE_EXCEPTION:
            continue
        with statements_on(town.site.database) as heard:
            for method in ("HEAD", "OPTIONS"):
                town.asks(callers(town, rule)[0], method, address_of(town, rule, PALMETTO))
        assert not [statement for statement in heard if is_write(statement)], rule.rule


def test_a_refused_form_writes_nothing_but_the_entry_of_its_refusal(town: Town) -> None:
    """Without its token a form is refused before its view runs, whoever sends it; that a protected act was asked for stays on record."""
    for rule in endpoints(town, "POST"):
        with statements_on(town.site.database) as heard:
            answer = town.asks(callers(town, rule)[0], "POST", address_of(town, rule, PALMETTO), data={})
        assert answer.status_code == 403, rule.rule
        entry = ["audit_entry", "ledger_waiting"] if isinstance(declared(town.app, rule), Permission) else []
        assert [statement.split()[2] for statement in heard if is_write(statement)] == entry, rule.rule
        town.restore()  # of one person only so many refusals are kept
