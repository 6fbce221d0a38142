"""The receipt of an exam settles what was handed in: it matches the records, or something is wrong with one of them."""

import re
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.app import work_off
from lms.exams import rules
from lms.exams.rules import AnswerState
from lms.kernel.clock import FrozenClock
from lms.web.application import Application
from lms.web.site import Site
from tests.support.browser import Visitor
from tests.support.exam_site import ExamSite, Sitter, exam_site


@pytest.fixture
def exam(app: Application, site: Site, clock: FrozenClock) -> ExamSite:
    return exam_site(app, site, clock)


def handed_in(exam: ExamSite) -> tuple[Sitter, str]:
    officer = exam.officer().starts()
    for position in (1, 3):
        officer.saves(position, choice=officer.question(position)[0])
    officer.sends(f"{officer.attempt}/submission")
    return officer, officer.opens(f"{officer.attempt}/receipt/file").text


def said(exam: ExamSite, text: str) -> str:
    """What anybody is told who pastes this text."""
    visitor = Visitor(exam.app)
    visitor.opens("/receipts")
    visitor.sends("/receipts", text=text)
    return visitor.page.all("main")[0].said()


def test_the_receipt_of_a_handed_in_exam_matches_the_records(exam: ExamSite) -> None:
    officer, text = handed_in(exam)
    assert "Questions answered: 2 of 6 (1, 3)" in text
    assert "its place in the ledger follows" in text
    assert "matches the records" in said(exam, text)
    assert "matches the records" in said(exam, text.replace("\n", "\r\n"))
    assert "2 questions answered" in said(exam, text)
    officer.opens(f"{officer.attempt}/receipt")
    assert officer.page.all("h1")[0].said() == "Your receipt"


def test_once_in_the_ledger_the_receipt_says_where(exam: ExamSite) -> None:
    officer, _ = handed_in(exam)
    work_off(exam.site)
    assert re.search(r"entry [0-9a-f-]{36}, place \d+ of the audit ledger", officer.opens(f"{officer.attempt}/receipt/file").text)


@pytest.mark.parametrize("line", ["Attempt: ", "Answers: sha256 ", "Record: step "])
def test_a_receipt_that_was_altered_does_not_match(exam: ExamSite, line: str) -> None:
    _, text = handed_in(exam)
    before = re.search(f"{line}(.*)", text)
    assert before is not None
    altered = str(uuid.UUID(int=7)) if line == "Attempt: " else before[1].replace(before[1][-1], "0" if before[1][-1] != "0" else "1")
    assert "does not match" in said(exam, text.replace(before[1], altered))


@pytest.mark.parametrize("text", ["", "No receipt", "Attempt: x\nAnswers: y"])
def test_what_is_no_receipt_is_told_so(exam: ExamSite, text: str) -> None:
    assert "not a whole receipt" in said(exam, text)


def test_while_the_exam_runs_there_is_no_receipt_and_another_officer_never_sees_one(exam: ExamSite) -> None:
    officer = exam.officer().starts()
    for name in ("receipt", "receipt/file"):
        assert officer.opens(f"{officer.attempt}/{name}").headers["Location"] == officer.attempt
        assert exam.stranger().opens(f"{officer.attempt}/{name}").status_code == 404


ANSWERS = st.dictionaries(
    st.integers(1, 5),
    st.builds(AnswerState, revision=st.integers(1, 3), response=st.sampled_from([None, "a", "b"]), flagged=st.booleans()),
    max_size=3,
)


@given(first=ANSWERS, second=ANSWERS)
def test_equal_answers_and_only_they_have_equal_hashes(first: dict[int, AnswerState], second: dict[int, AnswerState]) -> None:
    assert (rules.answers_hash(first) == rules.answers_hash(second)) == (first == second)
    assert rules.answers_hash(dict(reversed(first.items()))) == rules.answers_hash(first)
