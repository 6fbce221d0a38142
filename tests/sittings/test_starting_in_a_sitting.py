"""Starting an exam in a sitting: identity, ticket, window, place, the papers drawn ahead; on both databases."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.exams import papers as drawn_papers
from lms.exams import planning, preparing, starting
from lms.exams.models import Attempt, AttemptHead, Paper, PreparedPaper, TicketUse
from lms.exams.rules import Policy
from lms.exams.starting import HasSitting, NotReady, Seen, TooManyCodes, WrongCode, WrongPlace
from lms.kernel.clock import FrozenClock
from lms.questions.models import BankQuestion, BankRevision
from lms.sittings import accommodating, placing, rules, service, ticket_rules, tickets
from lms.sittings.accommodating import Asked
from lms.sittings.rules import Category, Grant
from lms.sittings.service import SittingIsOver
from lms.sittings.tickets import NoTicketToRevoke, NotThisSitting, TiedToOfficer, WhyRevoked
from tests.sittings.ground import MINUTE, Ground, a_plan, sits
from tests.sittings.test_sitting_service import taught
from tests.support.exam_room import EXAM, furnish


@pytest.fixture
def ground(session: Session, clock: FrozenClock) -> Ground:
    return sits(session, furnish(session, now=clock.now()), now=clock.now())


def starts(session: Session, ground: Ground, clock: FrozenClock, code: str, seen: Seen = starting.NOTHING_SEEN) -> uuid.UUID:
    room = ground.room
    asked: dict[str, Any] = {"enrollment_id": room.enrollment_id, "exam_id": EXAM, "code": code, "now": clock.now(), "seen": seen}
    return starting.start(session, actor=room.officer, **asked)


def admitted(session: Session, ground: Ground, clock: FrozenClock) -> str:
    """The ticket of an officer whose identity was checked."""
    ground.checks(session, now=clock.now())
    return ground.ticket(session, now=clock.now())


def test_a_ticket_opens_the_exam_once_and_the_attempt_knows_its_sitting(session: Session, clock: FrozenClock, ground: Ground) -> None:
    """R-11: after an identity check by a named proctor."""
    code = admitted(session, ground, clock)
    attempt = session.get_one(Attempt, starts(session, ground, clock, ticket_rules.shown(code).lower()))
    assert attempt.sitting_id == ground.sitting_id
    assert session.scalars(select(TicketUse.attempt_id)).one() == attempt.id
    assert Policy(**attempt.policy).window_end == (clock.now() + 115 * MINUTE).isoformat(timespec="milliseconds")
    assert starts(session, ground, clock, "whatever") == attempt.id


def test_before_the_identity_check_no_ticket_opens_anything(session: Session, clock: FrozenClock, ground: Ground) -> None:
    """R-11."""
    code = ground.ticket(session, now=clock.now())
    with pytest.raises(NotReady, match="gives you a ticket"):
        starts(session, ground, clock, code)


@pytest.mark.parametrize(("minutes", "opens"), [(-6, False), (-5, True), (109, True), (115, False)])
def test_nobody_starts_before_or_after_the_window(session: Session, clock: FrozenClock, minutes: int, opens: bool) -> None:
    now = clock.now()
    ground = sits(session, furnish(session, now=now - timedelta(hours=1)), now=now - timedelta(hours=1), plan=a_plan(now))
    ground.checks(session, now=now - timedelta(hours=1))
    code = ground.ticket(session, now=now - timedelta(hours=1))
    clock.advance(minutes * MINUTE)
    if opens:
        assert starts(session, ground, clock, code)
    else:
        with pytest.raises(NotReady):
            starts(session, ground, clock, code)


def revoked(session: Session, ground: Ground, clock: FrozenClock, code: str) -> str:
    who: dict[str, Any] = {"sitting_id": ground.sitting_id, "enrollment_id": ground.room.enrollment_id}
    tickets.revoke(session, actor=ground.room.proctor, reason="Lost", now=clock.now(), **who)
    return code


def replaced(session: Session, ground: Ground, clock: FrozenClock, code: str) -> str:
    ground.ticket(session, now=clock.now())
    return code


def mistyped(session: Session, ground: Ground, clock: FrozenClock, code: str) -> str:
    del session, ground, clock
    return code[:-1] + ("A" if code[-1] != "A" else "C")


@pytest.mark.parametrize("spoil", [revoked, replaced, mistyped])
def test_every_ticket_that_opens_nothing_gets_one_answer(
    session: Session, clock: FrozenClock, ground: Ground, spoil: Callable[[Session, Ground, FrozenClock, str], str]
) -> None:
    code = spoil(session, ground, clock, admitted(session, ground, clock))
    session.flush()
    with pytest.raises(WrongCode) as refused:
        starts(session, ground, clock, code)
    assert str(refused.value) == ticket_rules.REFUSAL


def test_guessing_tickets_closes_the_door_for_a_while(session: Session, clock: FrozenClock, ground: Ground) -> None:
    code = admitted(session, ground, clock)
    for _ in range(ticket_rules.WRONG_ALLOWED):
        starting.note_wrong_code(session, actor=ground.room.officer, enrollment_id=ground.room.enrollment_id, exam_id=EXAM, now=clock.now())
    session.flush()
    with pytest.raises(TooManyCodes):
        starts(session, ground, clock, code)
    clock.advance(ticket_rules.WRONG_WITHIN)
    assert starts(session, ground, clock, code)


def test_the_network_and_the_browser_are_asked_for_after_the_ticket_and_never_instead(session: Session, clock: FrozenClock) -> None:
    key, url = "ab" * 32, "https://example.gov/exam"
    plan = a_plan(clock.now(), networks=("192.0.2.0/28",), seb_keys=(key,))
    ground = sits(session, furnish(session, now=clock.now()), now=clock.now(), plan=plan)
    code = admitted(session, ground, clock)
    right = Seen("192.0.2.9", url, rules.config_key_hash(url, key))
    with pytest.raises(WrongCode):
        starts(session, ground, clock, "A" * 12, right)
    with pytest.raises(WrongPlace, match="its own network"):
        starts(session, ground, clock, code, Seen("198.51.100.1", url, right.config_key_hash))
    with pytest.raises(WrongPlace, match="Safe Exam Browser"):
        starts(session, ground, clock, code, Seen("192.0.2.9", url))
    assert starts(session, ground, clock, code, right)


def test_time_and_a_half_is_the_officers_in_every_exam_started(session: Session, clock: FrozenClock, ground: Ground) -> None:
    officer_id = ground.room.officer.officer_id
    assert officer_id is not None
    asked = Asked(Grant(150), Category.OTHER, "Ana Ortiz", clock.now())
    accommodating.grant(session, actor=ground.planner, officer_id=officer_id, asked=asked, now=clock.now())
    attempt_id = starts(session, ground, clock, admitted(session, ground, clock))
    policy = Policy(**session.get_one(Attempt, attempt_id).policy)
    assert (policy.seconds, policy.extra_seconds) == (5400, 1800)
    assert session.get_one(AttemptHead, attempt_id).due_at == clock.now() + 91 * MINUTE


def test_an_officer_with_a_place_is_not_admitted_by_a_single_code(session: Session, clock: FrozenClock, ground: Ground) -> None:
    """R-11: the proctor is assigned by name."""
    with pytest.raises(HasSitting):
        ground.room.admits(session, now=clock.now())
    service.cancel(session, actor=ground.planner, sitting_id=ground.sitting_id, reason="No power", now=clock.now())
    session.flush()
    assert ground.room.admits(session, now=clock.now())


# --- The door -------------------------------------------------------------------------------------------------------


def test_only_a_named_proctor_who_is_not_involved_checks_identity(session: Session, clock: FrozenClock, ground: Ground) -> None:
    """R-11."""
    taught(session, ground)
    session.flush()
    with pytest.raises(TiedToOfficer):
        ground.checks(session, now=clock.now())
    who = ground.room.proctor.user_id
    assert who is not None
    off: dict[str, Any] = {"sitting_id": ground.sitting_id, "user_id": who, "reason": "Ill"}
    placing.end_proctor(session, actor=ground.planner, now=clock.now(), **off)
    session.flush()
    with pytest.raises(NotThisSitting):
        ground.checks(session, now=clock.now())
    with pytest.raises(NotThisSitting):
        ground.ticket(session, now=clock.now())


def test_a_ticket_is_revoked_with_a_reason_and_only_while_it_stands(session: Session, clock: FrozenClock, ground: Ground) -> None:
    who: dict[str, Any] = {"sitting_id": ground.sitting_id, "enrollment_id": ground.room.enrollment_id}
    with pytest.raises(NoTicketToRevoke):
        tickets.revoke(session, actor=ground.room.proctor, reason="Lost", now=clock.now(), **who)
    with pytest.raises(WhyRevoked):
        tickets.revoke(session, actor=ground.room.proctor, reason=" ", now=clock.now(), **who)


def test_nothing_is_done_at_the_door_of_a_sitting_that_is_over(session: Session, clock: FrozenClock, ground: Ground) -> None:
    clock.advance(115 * MINUTE)
    with pytest.raises(SittingIsOver):
        ground.checks(session, now=clock.now())


# --- Papers drawn ahead ---------------------------------------------------------------------------------------------


def papers(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Paper)) or 0


def test_the_worker_draws_papers_ahead_once_and_the_start_takes_them(session: Session, clock: FrozenClock, ground: Ground) -> None:
    assert preparing.draw_missing(session, now=clock.now()) == 1
    session.flush()
    assert preparing.draw_missing(session, now=clock.now()) == 0
    ready = session.scalars(select(PreparedPaper.paper_hash)).one()
    attempt_id = starts(session, ground, clock, admitted(session, ground, clock))
    assert session.get_one(Attempt, attempt_id).paper_hash == ready
    assert papers(session) == 1
    assert preparing.without_paper(session, now=clock.now(), limit=9) == []


def test_papers_are_drawn_two_hours_ahead_and_not_sooner(session: Session, clock: FrozenClock) -> None:
    sits(session, furnish(session, now=clock.now()), now=clock.now(), plan=a_plan(clock.now(), begins=121))
    assert preparing.without_paper(session, now=clock.now(), limit=9) == []
    assert len(preparing.without_paper(session, now=clock.now() + MINUTE, limit=9)) == 1


def test_a_paper_that_does_not_fit_the_bank_of_now_is_left_and_another_one_drawn(
    session: Session, clock: FrozenClock, ground: Ground
) -> None:
    preparing.draw_missing(session, now=clock.now())
    bank = BankRevision(
        hash="newer", bank_id="small", number=2, title="Small bank", public=True, law_as_of="2026-11-22", published_at=clock.now()
    )
    session.add(bank)
    session.flush()
    asked = select(BankQuestion.question_hash).where(BankQuestion.bank_hash == "bank")
    session.add_all([BankQuestion(bank_hash="newer", question_hash=one) for one in session.scalars(asked).all()])
    session.flush()
    attempt_id = starts(session, ground, clock, admitted(session, ground, clock))
    taken = session.get_one(Attempt, attempt_id).paper_hash
    assert session.get_one(Paper, taken).bank_hash == "newer"
    assert session.get(PreparedPaper, taken) is None


def test_a_bank_that_cannot_fill_a_paper_is_told_and_nothing_is_stored(session: Session, clock: FrozenClock) -> None:
    ground = sits(session, furnish(session, now=clock.now(), per_objective=2, drawn=3), now=clock.now())
    who: dict[str, Any] = {"enrollment_id": ground.room.enrollment_id, "exam_id": EXAM}
    assert "needs 3 questions" in drawn_papers.fault_of_bank(session, exam=planning.plan_to_admit(session, **who))
    assert preparing.draw_missing(session, now=clock.now()) == 0
    assert preparing.prepare(session, actor=ground.planner, sitting_id=ground.sitting_id, now=clock.now()) == 0
    assert papers(session) == 0
