"""R-32: a change of law names what must be read again, what is retired, and who was trained on the text before."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy.orm import Session

from lms.accounts.rules import SYSTEM
from lms.courses import edition
from lms.courses import queries as courses
from lms.courses import service as publishing
from lms.courses.source import Tree, tree_in
from lms.currency import queries, rules
from lms.currency.commands import currency
from lms.currency.queries import Affected, UnknownFact
from lms.currency.rules import Edition
from lms.enrollments.models import Completion
from lms.facts import service as register
from lms.facts.rules import is_retired
from lms.facts.source import Status
from lms.facts.standing import objectives_in, questions_in
from lms.kernel.clock import FrozenClock
from lms.questions import service as banks
from lms.questions.source import banks_in
from lms.web.site import Site
from tests.support.browser import Visitor
from tests.support.cast import Cast, cast_of
from tests.support.factories import a_class, an_enrollment
from tests.support.writing import TODAY, write_program

FIRST, THEN = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
FACT = {
    "citation": "8 U.S.C. 1",
    "statement": "One.",
    "status": "settled",
    "jurisdiction": "federal",
    "court": "",
    "review_by": "2027-01-01",
}


def test_r_32_only_a_change_of_what_a_fact_says_is_a_change() -> None:
    looked_at = FACT | {"review_by": "2028-01-01"}
    assert rules.changes([Edition(FIRST, {"IL-01": FACT}), Edition(THEN, {"IL-01": looked_at, "IL-02": FACT})]) == {}
    found = rules.changes([Edition(FIRST, {"IL-01": FACT}), Edition(THEN, {"IL-01": FACT | {"statement": "Two."}})])
    assert (found["IL-01"].at, found["IL-01"].said) == (THEN, "changed in what it says")
    found = rules.changes([Edition(FIRST, {"IL-01": FACT}), Edition(THEN, {"IL-01": FACT | {"status": "contested"}})])
    assert found["IL-01"].said == "changed from settled to contested"
    found = rules.changes([Edition(FIRST, {"IL-01": FACT}), Edition(THEN, {})])
    assert found["IL-01"].said == "taken out of the register"


def test_a_fact_is_overdue_after_its_day_and_not_on_it() -> None:
    assert not rules.is_overdue(TODAY, TODAY)
    assert rules.is_overdue(TODAY, TODAY + timedelta(days=1))


@pytest.mark.parametrize(("status", "retired"), [("settled", False), ("contested", True), ("superseded", True), (None, True)])
def test_r_32_a_question_is_retired_unless_its_fact_is_settled(status: str | None, *, retired: bool) -> None:
    assert is_retired(status) is retired


def small_program(session: Session, folder: Path, now: datetime) -> Tree:
    write_program(folder)
    tree, _ = tree_in(folder / "courses", today=TODAY, banks=questions_in(folder / "question_banks"), reader=edition)
    publishing.publish(session, actor=SYSTEM, tree=tree, now=now)
    found, _ = banks_in(folder / "question_banks", facts=tree.facts, objectives=objectives_in(folder / "courses"), today=TODAY)
    banks.publish(session, actor=SYSTEM, bank=found[0], now=now)
    return tree


def trained(session: Session, cast: Cast, now: datetime) -> None:
    """A class under way in which one officer has completed the first lesson."""
    head = courses.head(session, "mini")
    assert head is not None
    offering = a_class(session, now=now, course_hash=head.hash)
    enrollment = an_enrollment(session, person=cast.officer, offering_id=offering, now=now)
    entry = head.manifest["modules"][0]["lessons"][0]
    session.add(
        Completion(
            enrollment_id=enrollment, lesson_id=entry["id"], lesson_hash=entry["hash"], credited_minutes=30, active_seconds=900, at=now
        )
    )
    session.flush()


def contest(session: Session, tree: Tree, now: datetime) -> None:
    """The register is published anew with IL-01 no longer settled."""
    facts = dict(tree.facts) | {"IL-01": replace(tree.facts["IL-01"], status=Status.CONTESTED)}
    register.publish(session, actor=SYSTEM, facts=facts, now=now)


def what_stands(session: Session, today: date, *facts: str) -> list[Affected]:
    found = queries.register(session)
    return queries.affected(session, facts=list(facts) or queries.attention(found, today=today), found=found, today=today)


def test_r_32_a_change_names_lessons_questions_classes_and_officers(session: Session, tmp_path: Path, clock: FrozenClock) -> None:
    tree = small_program(session, tmp_path, clock.now())
    trained(session, cast_of(session, now=clock.now()), clock.now())
    assert what_stands(session, TODAY) == []
    clock.advance(timedelta(days=3))
    contest(session, tree, clock.now())
    (row,) = what_stands(session, clock.now().date())
    assert (row.fact, row.status) == ("IL-01", "contested")
    assert row.why == f"changed from settled to contested on {clock.now():%Y-%m-%d}"
    assert [one.id for one in row.lessons] == ["lesson-one", "lesson-two"]
    assert len(row.questions) == 4
    assert {one.act for one in row.questions} == {"retired: no longer drawn"}
    assert [one.title for one in row.classes] == ["Palmetto class"]
    assert row.officers == 1
    (officer,) = queries.officers_trained(session, editions=row.editions)
    assert officer.lessons == 1


def test_a_lesson_whose_law_was_looked_at_since_is_not_listed(session: Session, tmp_path: Path, clock: FrozenClock) -> None:
    tree = small_program(session, tmp_path, clock.now())
    contest(session, tree, clock.now() + timedelta(minutes=1))
    (row,) = what_stands(session, TODAY)
    assert row.lessons == (), "its law_as_of is the day of the change"


def test_any_fact_may_be_asked_about_and_an_unknown_one_is_refused(session: Session, tmp_path: Path, clock: FrozenClock) -> None:
    small_program(session, tmp_path, clock.now())
    (row,) = what_stands(session, TODAY, "IL-01")
    assert (row.why, len(row.lessons), {one.act for one in row.questions}) == ("asked about", 2, {"read again"})
    (other,) = what_stands(session, TODAY, "CR-14")
    assert (other.lessons, other.questions, other.officers) == ((), (), 0)
    with pytest.raises(UnknownFact):
        what_stands(session, TODAY, "IL-99")


def test_an_overdue_fact_asks_for_attention(session: Session, tmp_path: Path, clock: FrozenClock) -> None:
    small_program(session, tmp_path, clock.now())
    late = date(2028, 1, 1)
    row = next(one for one in what_stands(session, late) if one.fact == "IL-01")
    assert row.why == "was to be reviewed by 2027-05-01"
    assert len(row.lessons) == 2


class OpenSite:
    """What the command line opens for a command."""

    def __init__(self, site: Site) -> None:
        self.database, self.clock = site.database, site.clock


def test_the_page_and_the_command_tell_the_same(app: Flask, site: Site, tmp_path: Path, clock: FrozenClock) -> None:
    with site.database.writing() as session:
        tree = small_program(session, tmp_path / "program", clock.now())
        cast = cast_of(session, now=clock.now())
        trained(session, cast, clock.now())
    visitor = Visitor(app).signs_in_as(cast.instructor)
    assert "Nothing needs attention" in visitor.opens("/courses/currency").text
    assert "No fact changed" in CliRunner().invoke(currency, [], obj=OpenSite(site), catch_exceptions=False).output
    clock.advance(timedelta(hours=30))
    with site.database.writing() as session:
        contest(session, tree, clock.now())
    visitor = Visitor(app).signs_in_as(cast.instructor)
    shown = visitor.opens("/courses/currency").text
    assert "retired: no longer drawn" in shown
    assert "1 officer trained on" in " ".join(shown.split())
    assert cast.officer.name in visitor.opens("/courses/currency/IL-01").text
    assert visitor.client.get("/courses/currency/IL-99").status_code == 404
    told = CliRunner().invoke(currency, [], obj=OpenSite(site), catch_exceptions=False).output
    assert "Questions: retired: no longer drawn: ONE-1-01" in told
    assert "Officers trained on the text before: 1" in told
    as_json = CliRunner().invoke(currency, ["IL-01", "--json"], obj=OpenSite(site), catch_exceptions=False).output
    assert '"fact": "IL-01"' in as_json
    assert CliRunner().invoke(currency, ["IL-99"], obj=OpenSite(site)).exit_code == 1
