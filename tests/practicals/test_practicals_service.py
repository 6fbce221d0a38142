"""Two raters rate each by themselves, a third decides where they differ, failures are repeated, and many failures raise an alarm."""

import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.permissions import Permission
from lms.accounts.rules import SYSTEM
from lms.certificates.prerequisites import candidates
from lms.enrollments import queries as classes
from lms.enrollments import service as class_service
from lms.enrollments.enrolling import service as enrolling
from lms.enrollments.enrolling.rules import AskedBy
from lms.enrollments.service import ClassIsOver
from lms.kernel.clock import FrozenClock
from lms.notices.models import Notice
from lms.practicals import queries, service
from lms.practicals.models import PracticalAlarm, PracticalMark, PracticalRating, PracticalResult
from lms.practicals.rules import Given, Mark, State
from lms.practicals.service import (
    AlreadyDecided,
    AlreadyRated,
    AnswerNeedsWords,
    CorrectionNeedsReason,
    DeciderRated,
    DecisionNeedsReason,
    NoSuchAlarm,
    NoSuchExercise,
    NothingToDecide,
    NothingToRepeat,
    OwnExercise,
    RepeatNeedsProgram,
    RepeatNeedsRemediation,
    WrongRating,
)
from lms.retention.own_data import own_data
from lms.rosters import queries as rosters
from tests.agencies.program import entries
from tests.practicals.exercises import EXERCISE, MET, MISSED, POOR, Ground
from tests.support.factories import a_practical


@pytest.fixture
def ground(session: Session, clock: FrozenClock) -> Ground:
    return Ground(session, clock)


def rows(ground: Ground, table: type[PracticalRating | PracticalMark | PracticalResult | PracticalAlarm]) -> int:
    return ground.session.scalar(select(func.count()).select_from(table)) or 0


def test_two_raters_who_agree_settle_it(ground: Ground) -> None:
    assert ground.rates(ground.first, MET) is State.ONE_RATER
    assert ground.rates(ground.second, MET) is State.PASSED
    assert (rows(ground, PracticalRating), rows(ground, PracticalMark), rows(ground, PracticalResult)) == (2, 6, 2)
    assert entries(ground.session, ground.enrollment).count("rated a practical exercise") == 2
    with pytest.raises(AlreadyRated, match="already"):
        ground.rates(ground.third, MET)


def test_nobody_sees_the_others_rating_before_giving_their_own(ground: Ground) -> None:
    ground.rates(ground.first, POOR)
    manifest = class_manifest(ground)
    (found,) = queries.records(ground.session, enrollment_id=ground.enrollment, manifest=manifest)
    seen = {who.name: [one.rater for one in found.seen_by(who.user_id).newest.rated] for who in (ground.first, ground.second, ground.third)}
    assert seen == {ground.first.name: [ground.first.name], ground.second.name: [], ground.third.name: []}
    assert found.seen_by_officer.newest.rated == ()
    ground.rates(ground.second, MET)
    (found,) = queries.records(ground.session, enrollment_id=ground.enrollment, manifest=manifest)
    assert len(found.seen_by(ground.third.user_id).newest.rated) == 2
    assert ground.record.newest.rated == (), "the officer waits until it is settled"


def class_manifest(ground: Ground) -> dict[str, object]:
    found = classes.offering(ground.session, offering_id=ground.offering, now=ground.now)
    assert found is not None
    return dict(found.manifest)


def test_the_same_again_adds_nothing_and_a_correction_says_why(ground: Ground) -> None:
    ground.rates(ground.first, POOR)
    assert ground.rates(ground.first, POOR) is State.ONE_RATER
    assert rows(ground, PracticalRating) == 1
    with pytest.raises(CorrectionNeedsReason, match="Say why"):
        ground.rates(ground.first, MET)
    ground.rates(ground.second, MET)
    assert ground.rates(ground.first, MET, reason=" Marked the wrong line ") is State.PASSED
    assert rows(ground, PracticalRating) == 3
    mine = ground.record.newest.by(ground.first.user_id)
    assert mine is not None
    assert (mine.number, mine.reason, mine.given) == (2, "Marked the wrong line", MET)
    assert "corrected a rating of a practical exercise" in entries(ground.session, ground.enrollment)


@pytest.mark.parametrize(
    ("given", "held_on", "says"),
    [
        ({"C1": Given(Mark.MET)}, date(2026, 11, 20), "Say how it was met"),
        ({**MET, "C2": Given(Mark.NOT_MET)}, date(2026, 11, 20), "needs a note"),
        ({**MET, "C1": Given(Mark.PARTLY, "Late")}, date(2026, 11, 20), "met or not met"),
        ({**MET, "C9": Given(Mark.MET)}, date(2026, 11, 20), "no such criterion"),
        (MET, date(2026, 11, 23), "Check the date"),
        (MET, date(2026, 10, 31), "Check the date"),
    ],
)
def test_a_rating_is_whole_or_not_taken(ground: Ground, given: dict[str, Given], held_on: date, says: str) -> None:
    with pytest.raises(WrongRating, match=says):
        ground.rates(ground.first, given, held_on=held_on)
    assert rows(ground, PracticalRating) == 0


def test_nobody_rates_decides_or_repeats_for_themselves(ground: Ground) -> None:
    officer = ground.cast.officer
    with pytest.raises(OwnExercise):
        ground.rates(officer, MET)
    ground.both(POOR)
    with pytest.raises(OwnExercise):
        ground.repeats(officer)


def test_strangers_other_exercises_and_classes_that_are_over_are_refused(ground: Ground) -> None:
    with pytest.raises(NoSuchExercise):
        ground.rates(ground.first, MET, exercise="another")
    with pytest.raises(NoSuchExercise):
        ground.rates(ground.first, MET, enrollment=uuid.uuid4())
    left = ground.newcomer("Lou Vance")
    enrolling.withdraw(ground.session, actor=SYSTEM, enrollment_id=left, asked_by=AskedBy.OFFICER, reason="Left", now=ground.now)
    with pytest.raises(NoSuchExercise):
        ground.rates(ground.first, MET, enrollment=left)
    class_service.cancel(ground.session, actor=SYSTEM, offering_id=ground.offering, reason="No room", now=ground.now)
    with pytest.raises(ClassIsOver):
        ground.rates(ground.first, MET)


def test_where_raters_differ_a_third_one_decides_with_a_reason(ground: Ground) -> None:
    with pytest.raises(NothingToDecide):
        ground.decides(ground.third, passed=True)
    ground.rates(ground.first, MISSED)
    assert ground.rates(ground.second, MET) is State.DIFFER
    with pytest.raises(AlreadyRated):
        ground.rates(ground.third, MET)
    for rater in (ground.first, ground.second):
        with pytest.raises(DeciderRated):
            ground.decides(rater, passed=True)
    with pytest.raises(DecisionNeedsReason):
        ground.decides(ground.third, passed=True, reason=" ")
    assert ground.decides(ground.third, passed=True) is State.PASSED
    with pytest.raises(AlreadyDecided):
        ground.rates(ground.first, MET, reason="Agreed now")
    assert ground.decides(ground.third, passed=False, reason="The recording was of another") is State.FAILED
    decided = ground.record.newest.decided
    assert decided is not None
    assert (decided.number, decided.passed, decided.reason) == (2, False, "The recording was of another")
    assert entries(ground.session, ground.enrollment).count("decided about a practical exercise") == 2


def test_a_failure_is_repeated_once_after_practice_and_then_by_the_programs_word(ground: Ground) -> None:
    with pytest.raises(NothingToRepeat):
        ground.repeats(ground.first)
    assert ground.both(POOR) is State.FAILED
    with pytest.raises(AlreadyRated, match="Open a repeat"):
        ground.rates(ground.third, MET)
    with pytest.raises(RepeatNeedsRemediation):
        ground.repeats(ground.first, " ")
    assert ground.repeats(ground.first) == 2
    assert ground.record.newest.state is State.NOT_RATED
    with pytest.raises(NothingToRepeat):
        ground.repeats(ground.first)
    assert ground.both(POOR) is State.FAILED
    with pytest.raises(RepeatNeedsProgram):
        ground.repeats(ground.first)
    assert ground.repeats(ground.cast.program_officer, "The scenario was unclear") == 3
    assert ground.both(MET) is State.PASSED
    assert [(go.number, go.state) for go in ground.record.goes] == [(1, State.FAILED), (2, State.FAILED), (3, State.PASSED)]
    assert entries(ground.session, ground.enrollment).count("opened a repeat of a practical exercise") == 2


def test_the_second_rater_rates_by_the_edition_of_the_first(ground: Ground) -> None:
    ground.rates(ground.first, MET)
    manifest = class_manifest(ground)
    newer = {**a_practical(ground.session, number=7, now=ground.now), "id": EXERCISE}
    (found,) = queries.records(ground.session, enrollment_id=ground.enrollment, manifest={**manifest, "practicals": [newer]})
    assert found.newest.edition == manifest["practicals"][0]["hash"]  # type: ignore[index] # a list of entries
    assert newer["hash"] != found.newest.edition


# --- The alarm ------------------------------------------------------------------------------------------------------


def fails(ground: Ground, *names: str) -> None:
    for name in names:
        ground.both(POOR, enrollment=ground.newcomer(name))


def passes(ground: Ground, count: int) -> None:
    for number in range(count):
        ground.both(MET, enrollment=ground.newcomer(f"Officer Number{number}"))


def test_an_alarm_is_raised_once_when_fifteen_percent_failed(ground: Ground) -> None:
    """R-12."""
    passes(ground, 6)
    assert rows(ground, PracticalAlarm) == 0
    fails(ground, "Ada Bright")
    assert rows(ground, PracticalAlarm) == 0, "one of seven is less than fifteen percent"
    fails(ground, "Bo Carver")
    alarm = ground.session.scalars(select(PracticalAlarm)).one()
    assert (alarm.failed, alarm.rated, alarm.due_at - alarm.raised_at) == (2, 8, timedelta(hours=24))
    fails(ground, "Cy Dunn")
    assert rows(ground, PracticalAlarm) == 1
    assert entries(ground.session, ground.offering).count("raised an alarm about a practical exercise") == 1
    told = ground.session.scalars(select(Notice).where(Notice.kind == "practical exercise failed by many")).all()
    assert [one.user_id for one in told] == [ground.cast.program_officer.user_id]
    assert "2 of 8 officers rated failed Practical 1" in told[0].body


def test_a_repeat_that_is_passed_hides_no_failure(ground: Ground) -> None:
    """R-12."""
    ground.both(POOR)
    ground.repeats(ground.first)
    ground.both(MET)
    states = queries.first_states(ground.session, offering_id=ground.offering, practical_id=EXERCISE)
    assert states == [State.FAILED]


def test_an_alarm_is_answered_with_what_was_done(ground: Ground) -> None:
    """R-12."""
    where = {"offering_id": ground.offering, "practical_id": EXERCISE}
    actor = ground.cast.program_officer.identity
    with pytest.raises(NoSuchAlarm):
        service.answer_alarm(ground.session, actor=actor, what="Nothing", now=ground.now, **where)  # type: ignore[arg-type] # both are what they are called
    ground.both(POOR)
    assert [row.failed for row in queries.open_alarms(ground.session)] == [1]
    assert queries.alarm_sentences(ground.session, offering_id=ground.offering)
    with pytest.raises(AnswerNeedsWords):
        service.answer_alarm(ground.session, actor=actor, what=" ", now=ground.now, **where)  # type: ignore[arg-type] # both are what they are called
    service.answer_alarm(ground.session, actor=actor, what="The scenario was changed", now=ground.now, **where)  # type: ignore[arg-type] # both are what they are called
    assert queries.open_alarms(ground.session) == []
    assert queries.alarm_sentences(ground.session, offering_id=ground.offering) == []
    (row,) = queries.alarms(ground.session, offering_id=ground.offering)
    assert (row.what, row.by, row.is_open) == ("The scenario was changed", ground.cast.program_officer.name, False)
    with pytest.raises(NoSuchAlarm):
        service.answer_alarm(ground.session, actor=actor, what="Again", now=ground.now, **where)  # type: ignore[arg-type] # both are what they are called


# --- What rests on it -----------------------------------------------------------------------------------------------


def test_a_certificate_and_the_summary_wait_for_every_exercise(ground: Ground) -> None:
    """R-01."""

    def unmet() -> set[str]:
        (found,) = candidates(ground.session, enrollment_ids=[ground.enrollment], demo=True, now=ground.now)
        return {gate.label for gate in found.unmet}

    def passed() -> tuple[int, int]:
        offering = classes.offering(ground.session, offering_id=ground.offering, now=ground.now)
        assert offering is not None
        (row,) = rosters.summary(ground.session, offering=offering, now=ground.now).rows
        return row.progress.practicals_passed, row.progress.practicals

    assert "Practical exercises passed" in unmet()
    assert passed() == (0, 1)
    ground.both(POOR)
    assert "Practical exercises passed" in unmet()
    ground.repeats(ground.first)
    assert "Practical exercises passed" in unmet()
    ground.both(MET)
    assert "Practical exercises passed" not in unmet()
    assert passed() == (1, 1)


def test_the_own_download_holds_the_ratings_once_they_are_settled(ground: Ground) -> None:
    def ratings() -> list[dict[str, object]]:
        data = own_data(ground.session, identity=ground.cast.officer.identity, now=ground.now)
        assert isinstance(data["practical_exercises"], list)
        return list(data["practical_ratings"])

    ground.rates(ground.first, MISSED)
    ground.rates(ground.second, MET)
    assert ratings() == []
    ground.decides(ground.third, passed=True)
    assert len(ratings()) == 6
    ground.decides(ground.third, passed=False)
    ground.repeats(ground.first)
    ground.rates(ground.first, POOR)
    assert {row["go"] for row in ratings()} == {1}


def test_an_officers_own_record_is_nobody_elses(ground: Ground) -> None:
    ground.both(MET)
    assert ground.record.newest.state is State.PASSED
    assert queries.own(ground.session, actor=ground.cast.outsider.identity, enrollment_id=ground.enrollment) is None
    assert ground.session.get(User, ground.first.user_id) is not None
    assert not ground.cast.officer.identity.may(Permission.PRACTICAL_RATE)
