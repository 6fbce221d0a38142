"""The evidence of an exam as plain data: words, hashes, and what is left out."""

import json
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from lms.evidence.rules import (
    FORMAT,
    HOW_TO_VERIFY,
    MANIFEST,
    SIGNATURE,
    answers,
    in_words,
    manifest,
    right_in_words,
    timeline,
    without_key,
    without_rubric,
)
from lms.exams.rules import Entry, Kind, Policy
from lms.proctoring.timeline_rules import Setting

POLICY = Policy("Final", seconds=3600, grace_seconds=60, cut_score=70_000, retakes=1, questions=1)
SETTING = Setting(POLICY, "America/New_York")
AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
QUESTIONS = {1: {"stem": "What?", "choices": [{"id": "a1", "text": "This"}, {"id": "b2", "text": "That"}]}}


def step(number: int, kind: Kind, /, **payload: object) -> Entry:
    return Entry(number, kind, AT, "officer" if kind in {Kind.ANSWERED, Kind.CONFLICTED} else "", payload, "", "")


STEPS = [
    step(1, Kind.STARTED),
    step(2, Kind.ANSWERED, position=1, choice="a1", flagged=False, revision=1),
    step(3, Kind.CONFLICTED, position=1, choice="b2", flagged=False, revision=1, based_on=0),
    step(4, Kind.ANSWERED, position=1, choice=None, flagged=True, revision=2, late=True),
    step(5, Kind.SIGNALED, signal="left-page"),
    step(6, Kind.TERMINATED, reason="conduct", note="A phone", closed_at=AT.isoformat()),
]


def test_what_happened_is_told_in_words_a_hearing_understands() -> None:
    told = [(one.what, one.who) for one in timeline(STEPS, questions=QUESTIONS, people={"officer": "Dana Rivera"}, setting=SETTING)]
    assert told == [
        ("Exam started, with 60 min; the exam ends at 8:00:00 AM EST", "the system"),
        ("Question 1: “This”", "Dana Rivera"),
        ("Question 1: “That”, from a page that was out of date: not stored as the answer", "Dana Rivera"),
        ("Question 1: no answer", "Dana Rivera"),
        ("Seen: left the exam page", "the system"),
        ("Ended by a proctor before its time, 0 of 1 questions answered (Conduct: A phone)", "the system"),
    ]


def test_every_kind_of_step_has_words() -> None:
    said = {"position": 1, "choice": None, "revision": 1, "flagged": False, "milliseconds": 60_000, "closed_at": AT.isoformat()}
    assert all(one.what for one in timeline([step(1, kind, **said) for kind in Kind], questions=QUESTIONS, people={}, setting=SETTING))


def test_each_change_of_an_answer_is_listed_by_question() -> None:
    (first, second) = answers(STEPS, questions=QUESTIONS)[1]
    assert (first.words, first.flagged, first.late) == ("“This”", False, False)
    assert (second.words, second.flagged, second.late) == ("no answer", True, True)
    assert answers([], questions=QUESTIONS) == {1: []}


def test_a_choice_that_was_never_shown_is_told_by_its_id() -> None:
    assert in_words(QUESTIONS[1], "zz") == "“zz”"


def test_without_the_key_nothing_tells_which_choice_is_right() -> None:
    question = {"position": 1, "shown": QUESTIONS[1], "key": "a1", "corrected_key": ["a1"], "counts": True}
    assert without_key([question]) == [{"position": 1, "shown": QUESTIONS[1]}]


@pytest.mark.parametrize(
    ("type_", "key", "words"),
    [
        ("single", "b2", "“That”"),
        ("multiple", ["a1", "b2"], "“This; That”"),
        ("numeric", {"value": "4", "tolerance": "0.5"}, "4, within 0.5"),
        ("short", {"accepted": ["287(g)", "section 287(g)"]}, "“287(g)” or “section 287(g)”"),
        ("written", {"rubric": {"apart": 2, "step": 1}}, "by its rubric: apart 2, step 1"),
    ],
)
def test_what_was_right_is_told_in_words_for_every_type_of_question(type_: str, key: object, words: str) -> None:
    assert right_in_words({"shown": QUESTIONS[1], "type": type_, "key": key}) == words


def test_without_the_key_no_mark_tells_what_the_rubric_looked_for() -> None:
    mark = {"position": 1, "points": 2000, "by_criterion": {"apart": 2}, "comment": "Names the statute"}
    assert without_rubric([mark]) == [{"position": 1, "points": 2000}]


def test_the_manifest_names_each_file_by_its_hash() -> None:
    listed = json.loads(manifest({"evidence.json": b"{}"}, attempt="one", made_at="now"))
    assert listed == {"attempt": "one", "files": {"evidence.json": sha256(b"{}").hexdigest()}, "format": FORMAT, "made_at": "now"}


def test_the_file_says_how_it_is_verified() -> None:
    assert f"-in {SIGNATURE} -content {MANIFEST}" in HOW_TO_VERIFY
