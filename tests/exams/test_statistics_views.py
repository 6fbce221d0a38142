"""The pages of question statistics: figures for instructors, text and key only under the agreement and never unrecorded (R-10)."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.audit.models import AuditEntry
from lms.kernel.clock import FrozenClock
from lms.questions.models import QuestionStatistics
from lms.web.application import Application
from lms.web.site import Site
from tests.support.browser import Visitor
from tests.support.cast import Cast, cast_of
from tests.support.exam_room import KEY_CANARY, furnish
from tests.support.pilots import try_out

HOME = "/question-statistics"
BANK = f"{HOME}/small"
ONE = f"{BANK}/ONE-1-0"


@pytest.fixture
def cast(site: Site, clock: FrozenClock) -> Cast:
    with site.database.writing() as session:
        furnish(session, now=clock.now())
        try_out(session, now=clock.now())
        figures(session, "ONE-1-0", asked=40, right=39)
        figures(session, "ONE-1-1", asked=40, right=10, crossed=1_000_000)
        figures(session, "TWO-1-0", asked=29, right=29)
        return cast_of(session, now=clock.now())


def figures(session: Session, question: str, *, asked: int, right: int, crossed: int = 0) -> None:
    """Sums in which the rest of the exam is 900 for the first half and 300 for the second."""
    rest, rest_squared = 600 * asked, (900**2 + 300**2) * asked // 2
    session.add(
        QuestionStatistics(
            question_hash=question,
            asked=asked,
            points=1000 * right,
            points_squared=1_000_000 * right,
            rest=rest,
            rest_squared=rest_squared,
            crossed=crossed or 600 * 1000 * right,
        )
    )


@pytest.fixture
def instructor(app: Application, cast: Cast) -> Visitor:
    return Visitor(app).signs_in_as(cast.instructor)


def test_a_bank_says_how_many_of_its_questions_need_a_look(instructor: Visitor) -> None:
    text = " ".join(instructor.opens(HOME).text.split())
    for said in (f'href="{BANK}"', "Small bank", '"is-number">18<', '"is-number">2<'):
        assert said in text, said


def test_the_questions_are_listed_by_id_with_their_figures_and_those_that_need_a_look_first(instructor: Visitor) -> None:
    text = instructor.opens(BANK).text
    assert text.index("ONE-1-1") < text.index("ONE-1-0") < text.index("ONE-1-2")
    for said in ("97.5%", "25.0%", "Too easy", "Too hard, negative discrimination, possible wrong key", "Medium, guessed", ", unscored"):
        assert said in text, said
    assert KEY_CANARY not in text
    assert "What of ONE-1" not in text


@pytest.mark.parametrize(("only", "held", "left_out"), [("flagged", "ONE-1-1", "ONE-1-2"), ("pilots", "pilot-1", "ONE-1-1")])
def test_the_list_can_be_narrowed(instructor: Visitor, only: str, held: str, left_out: str) -> None:
    text = instructor.opens(f"{BANK}?only={only}").text
    assert f"{BANK}/{held}" in text
    assert f"{BANK}/{left_out}" not in text


def test_the_key_is_shown_on_asking_and_that_is_recorded(instructor: Visitor, site: Site) -> None:
    """R-10."""
    assert "What of ONE-1-0?" not in instructor.opens(ONE).text
    shown = instructor.sends(f"{ONE}/views").text
    assert "What of ONE-1-0?" in shown
    assert "(the key)" in shown
    with site.database.reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "looked at an exam question")).one()
        assert (entry.object_id, entry.details["bank"], entry.details["hash"]) == ("ONE-1-0", "small", "ONE-1-0")


def test_a_question_with_a_flag_says_what_to_check_first(instructor: Visitor) -> None:
    assert "check the key first" in instructor.opens(f"{BANK}/ONE-1-1").text


def test_what_is_being_tried_out_is_told_to_be(instructor: Visitor) -> None:
    assert "No exam scores it" in instructor.opens(f"{BANK}/pilot-1").text


@pytest.mark.parametrize("path", [f"{HOME}/nowhere", f"{BANK}/nowhere", f"{HOME}/nowhere/ONE-1-0"])
def test_an_unknown_bank_or_question_is_not_found(instructor: Visitor, path: str) -> None:
    assert instructor.opens(path).status_code == 404


def test_without_the_agreement_the_pages_lead_to_it_and_no_key_is_shown(app: Application, cast: Cast, clock: FrozenClock) -> None:
    """R-10: the signatures of a year ago count no more."""
    clock.advance(timedelta(days=366))
    visitor = Visitor(app).signs_in_as(cast.instructor)
    for path in (HOME, BANK, ONE):
        assert visitor.opens(path).headers["Location"].startswith("/test-security")
    refused = visitor.sends(f"{ONE}/views")
    assert refused.status_code == 403
    assert "What of ONE-1-0?" not in refused.text


@pytest.mark.parametrize("who", ["officer", "proctor", "administrator", "coordinator"])
def test_nobody_but_instructors_sees_them(app: Application, cast: Cast, who: str) -> None:
    visitor = Visitor(app).signs_in_as(getattr(cast, who))
    for path in (HOME, BANK, ONE):
        assert visitor.opens(path).status_code == 403
    assert visitor.sends(f"{ONE}/views").status_code == 403
