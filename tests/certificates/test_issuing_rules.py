"""The rules of issuing: gates, stages, validity at a moment by what was known at another."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.certificates.rules import (
    STATUS_INDEXES,
    SUBJECTS,
    Earlier,
    ExamFacts,
    Fact,
    Gate,
    Life,
    Record,
    Stage,
    Status,
    Suspended,
    duration,
    gates,
    stage,
    status_list_size,
    unmet,
    validity,
)

T0 = datetime(2026, 11, 22, 12, tzinfo=UTC)
EXAM = ExamFacts("Final", proctored=True, passed=True, admitted=True, public=False)
RECORD = Record(
    lessons_done=4,
    lessons=4,
    minutes_done=480,
    minutes=480,
    attended=0,
    to_attend=0,
    ended="",
    subjects=frozenset(SUBJECTS),
    exams=(EXAM,),
    practicals_passed=0,
    practicals=0,
    acknowledged=False,
    demo=False,
    undrawable="",
    earlier=Earlier.NOTHING,
)


def hours(count: float) -> datetime:
    return T0 + timedelta(hours=count)


def fact(effective: float, recorded: float | None = None) -> Fact:
    return Fact(hours(effective), hours(effective if recorded is None else recorded))


def faults(record: Record) -> list[str]:
    return [gate.label for gate in unmet(gates(record))]


def test_a_complete_record_meets_every_gate() -> None:
    found = gates(RECORD)
    assert unmet(found) == ()
    assert {gate.state for gate in found} == {"met"}
    assert Gate("x", met=False, reason="", source="").state == "not met"


@pytest.mark.parametrize(
    ("record", "fault"),
    [
        (replace(RECORD, lessons_done=3), "All lessons completed"),
        (replace(RECORD, lessons_done=0, lessons=0), "All lessons completed"),
        (replace(RECORD, minutes_done=479), "All hours credited"),
        (replace(RECORD, subjects=frozenset(SUBJECTS[:3])), "The four subjects covered"),
        (replace(RECORD, exams=()), "An exam passed"),
        (replace(RECORD, exams=(EXAM, replace(EXAM, title="Second", passed=False))), "Second passed"),
        (replace(RECORD, exams=(replace(EXAM, admitted=False),)), "Final passed"),
        (replace(RECORD, practicals_passed=2, practicals=3), "Practical exercises passed"),
        (replace(RECORD, exams=(replace(EXAM, public=True),)), "Public question bank accepted"),
        (replace(RECORD, undrawable="No glyph."), "The paper can be drawn"),
        (replace(RECORD, earlier=Earlier.CERTIFICATE), "No certificate yet"),
        (replace(RECORD, earlier=Earlier.REVOKED), "Nothing revoked"),
    ],
)
def test_each_gap_is_named(record: Record, fault: str) -> None:
    """R-01."""
    assert faults(record) == [fault]


def test_practical_exercises_are_asked_for_only_where_the_course_has_them() -> None:
    """R-01."""
    passed = gates(replace(RECORD, practicals_passed=3, practicals=3))
    assert [gate.state for gate in passed if gate.label == "Practical exercises passed"] == ["met"]
    assert "Practical exercises passed" not in {gate.label for gate in gates(RECORD)}


def test_an_exam_without_a_proctor_needs_no_admission() -> None:
    assert faults(replace(RECORD, exams=(replace(EXAM, proctored=False, admitted=False, public=True),))) == []


def test_a_public_bank_is_no_obstacle_once_accepted_or_in_a_demonstration() -> None:
    public = replace(RECORD, exams=(replace(EXAM, public=True),))
    assert public.on_public_bank
    assert faults(replace(public, acknowledged=True)) == []
    assert faults(replace(public, demo=True)) == []


@pytest.mark.parametrize(
    ("missing", "told"),
    [(SUBJECTS[1:], "immigration law."), (SUBJECTS[2:], "immigration law and enforcement fundamentals and procedures.")],
)
def test_missing_subjects_are_listed(missing: tuple[str, ...], told: str) -> None:
    """R-02."""
    (gate,) = unmet(gates(replace(RECORD, subjects=frozenset(missing))))
    assert gate.reason == f"The course does not teach {told}"


@pytest.mark.parametrize(
    ("life", "status"),
    [
        (Life(T0), Status.VALID),
        (Life(T0, expires_at=hours(9)), Status.VALID),
        (Life(T0, expires_at=hours(5)), Status.EXPIRED),
        (Life(T0, revoked=fact(5)), Status.REVOKED),
        (Life(T0, revoked=fact(6)), Status.VALID),
        (Life(T0, superseded=fact(5)), Status.SUPERSEDED),
        (Life(T0, superseded=fact(6)), Status.VALID),
        (Life(T0, superseded=fact(2), revoked=fact(3)), Status.REVOKED),
        (Life(T0, suspensions=(Suspended(fact(1)),)), Status.SUSPENDED),
        (Life(T0, suspensions=(Suspended(fact(1), fact(2)),)), Status.VALID),
        (Life(T0, suspensions=(Suspended(fact(1), fact(6)),)), Status.SUSPENDED),
        (Life(T0, suspensions=(Suspended(fact(6)),)), Status.VALID),
        (Life(T0, suspensions=(Suspended(fact(1), fact(2)), Suspended(fact(3)))), Status.SUSPENDED),
        (Life(T0, expires_at=hours(3), suspensions=(Suspended(fact(1)),)), Status.EXPIRED),
    ],
)
def test_the_standing_at_a_moment(life: Life, status: Status) -> None:
    assert validity(life, at=hours(5)) is status


def test_before_it_was_issued_there_is_no_standing() -> None:
    assert validity(Life(T0), at=hours(-1)) is None


def test_a_past_answer_is_what_was_known_then() -> None:
    late = Life(T0, revoked=fact(2, recorded=8))
    assert validity(late, at=hours(5)) is Status.VALID
    assert validity(late, at=hours(5), known=hours(9)) is Status.REVOKED
    assert validity(late, at=hours(1), known=hours(9)) is Status.VALID
    lifted = Life(T0, suspensions=(Suspended(fact(1), fact(2, recorded=8)),))
    assert validity(lifted, at=hours(5)) is Status.SUSPENDED
    assert validity(lifted, at=hours(5), known=hours(9)) is Status.VALID


@given(st.floats(0, 100), st.floats(0, 100))
def test_a_revocation_never_ends(moment: float, later: float) -> None:
    assert validity(Life(T0, revoked=fact(moment), suspensions=(Suspended(fact(0)),)), at=hours(moment + later)) is Status.REVOKED


@pytest.mark.parametrize(
    ("rows", "reached"),
    [
        ((False, False, False), Stage.RESERVED),
        ((True, False, False), Stage.STATED),
        ((True, True, False), Stage.SIGNED),
        ((True, True, True), Stage.STORED),
    ],
)
def test_the_stage_follows_from_the_rows(rows: tuple[bool, bool, bool], reached: Stage) -> None:
    assert stage(stated=rows[0], signed=rows[1], stored=rows[2]) is reached


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(480, "8 hours"), (90, "1 hour 30 minutes"), (61, "1 hour 1 minute"), (45, "45 minutes"), (0, "0 minutes")],
)
def test_time_is_told_in_words(minutes: int, words: str) -> None:
    assert duration(minutes) == words


@given(st.integers(0, 5_000_000))
def test_a_status_list_always_has_room(taken: int) -> None:
    size = status_list_size(taken)
    assert size % STATUS_INDEXES == 0
    assert taken * 4 < size * 3


def test_a_certificate_tells_the_hours_worked_online_attended_and_examined() -> None:
    record = replace(RECORD, minutes_done=2760, attended=6330, to_attend=6330, examined=510)
    assert record.minutes_in_all == 160 * 60
    assert RECORD.minutes_in_all == 480
