"""What reports count on a date, on both databases: the same as the rules say for one officer, before and after every fact."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.rules import SYSTEM
from lms.agencies.agreement_rules import State
from lms.authorizations import queries as authorizations
from lms.authorizations import refreshing
from lms.authorizations.models import RefresherRequirement
from lms.authorizations.rules import MoveKind
from lms.certificates import service as certificates
from lms.certificates.rules import RevocationReason
from lms.kernel.clock import FrozenClock
from lms.kernel.ids import new_id
from lms.reports import queries
from lms.reports.catalogue import (
    AGREEMENTS,
    AUTHORIZED_ONLY,
    CERTIFIED_ONLY,
    CLASSES,
    COMPLIANCE,
    EXPIRING,
    MAP,
    OVERDUE,
    ROSTER,
    TIMES,
)
from lms.reports.finding import Found
from lms.reports.rules import Asked, Report, moment_of
from tests.authorizations.authority import Office, office
from tests.certificates.program import another_officer, trained

NAMES = {report.id: [column.name for column in report.columns] for report in (ROSTER, COMPLIANCE, OVERDUE, EXPIRING, TIMES, CLASSES, MAP)}


@pytest.fixture
def begun(clock: FrozenClock) -> datetime:
    return clock.now() - timedelta(days=400)


@pytest.fixture
def there(session: Session, begun: datetime) -> Office:
    return office(session, now=begun)


def told(session: Session, report: Report, *, now: datetime, on: date | None = None, **asked: Any) -> Found:
    session.flush()
    day = on or now.date()
    return queries.page(session, report=report, asked=Asked(day, moment_of(day, now=now), **asked), number=1)


def shares(found: Found) -> dict[str, tuple[int, int | None]]:
    return {share.label: (share.part, share.whole) for share in found.picture.shares}


def test_the_roster_tells_who_was_certified_and_authorized_on_each_day(session: Session, there: Office, clock: FrozenClock) -> None:
    first, second = clock.now() - timedelta(days=20), clock.now() - timedelta(days=10)
    number = there.certified(session, there.made.cast.officer, now=first)
    letter = there.authorizes(session, number, now=second)
    before, between, today = (
        told(session, ROSTER, now=clock.now(), on=day) for day in ((first - timedelta(days=1)).date(), first.date(), clock.now().date())
    )
    assert before.rows == []
    assert [row[0:2] for row in between.rows] == [("Dana Rivera", "Palmetto County Sheriff's Office")]
    assert between.rows[0][6] is None
    assert today.rows[0][7] == second.date()
    assert shares(today) == {"Certified": (1, None), "Authorized": (1, None), "Certified officers who are authorized": (1, 1)}
    there.moves(session, letter, MoveKind.SUSPENSION, now=clock.now() - timedelta(days=2))
    assert shares(told(session, ROSTER, now=clock.now()))["Authorized"] == (0, None)
    assert shares(told(session, ROSTER, now=clock.now(), on=second.date()))["Authorized"] == (1, None)


def test_the_two_gaps_are_told_and_nobody_may_be_authorized_only(session: Session, there: Office, clock: FrozenClock) -> None:
    """R-15: certified is not authorized, and each is told apart."""
    then = clock.now() - timedelta(days=40)
    number = there.certified(session, there.made.cast.officer, now=then)
    (row,) = told(session, CERTIFIED_ONLY, now=clock.now()).rows
    assert (row[0], row[6], row[7]) == ("Dana Rivera", 40, "none recorded")
    there.authorizes(session, number, now=clock.now() - timedelta(days=9))
    assert told(session, CERTIFIED_ONLY, now=clock.now()).rows == []
    assert shares(told(session, AUTHORIZED_ONLY, now=clock.now())) == {"Authorized, but not certified": (0, 1)}
    certificates.suspend(session, actor=SYSTEM, number=number, note="Looked into", now=clock.now() - timedelta(days=3))
    wrong = told(session, AUTHORIZED_ONLY, now=clock.now())
    assert [row[0] for row in wrong.rows] == ["Dana Rivera"]
    assert [share.is_wrong for share in wrong.picture.shares] == [True]
    assert told(session, AUTHORIZED_ONLY, now=clock.now(), on=(clock.now() - timedelta(days=4)).date()).rows == []


def test_compliance_counts_every_officer_and_what_each_owes(session: Session, there: Office, clock: FrozenClock) -> None:
    then = clock.now() - timedelta(days=100)
    letter = there.authorized(session, now=then)
    there.certified(session, another_officer(session, there.made, "Lee Okafor", now=then), now=then)
    whole = {"Agencies in compliance": (1, 1), "Officers in compliance": (2, 2)}
    assert shares(told(session, COMPLIANCE, now=clock.now())) == whole
    owes(session, letter, due_on=(clock.now() - timedelta(days=45)).date(), now=then)
    late = told(session, COMPLIANCE, now=clock.now())
    assert shares(late) == {"Agencies in compliance": (0, 1), "Officers in compliance": (1, 2)}
    assert late.rows == [("Palmetto County Sheriff's Office", "SC", 1, 2, "50.0 %", "no")]
    assert shares(told(session, COMPLIANCE, now=clock.now(), on=(clock.now() - timedelta(days=50)).date())) == whole
    there.moves(session, letter, MoveKind.SUSPENSION, now=clock.now() - timedelta(days=1))
    assert shares(told(session, COMPLIANCE, now=clock.now()))["Officers in compliance"] == (1, 2)
    settle(session, there, on=clock.now().date(), now=clock.now())
    assert shares(told(session, COMPLIANCE, now=clock.now())) == whole
    assert told(session, COMPLIANCE, now=clock.now(), state="TX").rows == []


def owes(session: Session, letter: Any, *, due_on: date, now: datetime) -> None:
    """Further training under an authorization."""
    session.add(
        RefresherRequirement(
            id=new_id(),
            authorization_id=letter,
            kind="refresher",
            title="Refresher training",
            source="",
            not_before=None,
            due_on=due_on,
            recorded_by=None,
            recorded_at=now,
        )
    )
    session.flush()


def settle(session: Session, there: Office, *, on: date, now: datetime) -> None:
    """That what was owed first was done."""
    owed = session.scalars(select(RefresherRequirement).order_by(RefresherRequirement.due_on)).first()
    assert owed is not None
    facts: dict[str, Any] = {"outcome": refreshing.Outcome.COMPLETED, "on": on, "note": ""}
    refreshing.settle(session, actor=there.made.cast.supervisor.identity, requirement_id=owed.id, now=now, **facts)
    session.flush()


def test_overdue_training_is_told_by_days_until_it_is_done(session: Session, there: Office, clock: FrozenClock) -> None:
    letter = there.authorized(session, now=clock.now() - timedelta(days=100))
    owes(session, letter, due_on=(clock.now() - timedelta(days=45)).date(), now=clock.now())
    (row,) = told(session, OVERDUE, now=clock.now()).rows
    assert (row[0], row[4], row[7]) == ("Dana Rivera", "further training", 45)
    assert told(session, OVERDUE, now=clock.now(), on=(clock.now() - timedelta(days=45)).date()).rows == []
    settle(session, there, on=clock.now().date(), now=clock.now())
    assert told(session, OVERDUE, now=clock.now()).rows == []


def test_a_class_that_is_over_without_a_certificate_is_overdue(session: Session, there: Office, clock: FrozenClock) -> None:
    trained(session, there.made, now=clock.now() - timedelta(days=300))
    found = told(session, OVERDUE, now=clock.now() + timedelta(days=400))
    assert [(row[0], row[4]) for row in found.rows] == [("Dana Rivera", "training in a class")]
    assert sum(share.part for share in found.picture.shares) == found.count == 1


def test_authority_that_names_its_end_is_told_within_ninety_days(session: Session, clock: FrozenClock) -> None:
    there = office(session, "tfm-2025", now=clock.now())
    there.authorized(session, now=clock.now())
    later = clock.now() + timedelta(days=680)
    (row,) = told(session, EXPIRING, now=later).rows
    assert row[0] == "Dana Rivera"
    assert 45 <= int(str(row[6])) <= 55
    found = shares(told(session, EXPIRING, now=later))
    assert found == {"Within 30 days": (0, None), "Within 60 days": (1, None), "Within 90 days": (1, None)}
    assert told(session, EXPIRING, now=later, on=(later - timedelta(days=200)).date()).rows == []


def test_the_way_from_nomination_is_counted_in_days(session: Session, there: Office, clock: FrozenClock) -> None:
    number = there.certified(session, there.made.cast.officer, now=clock.now() - timedelta(days=60))
    there.authorizes(session, number, now=clock.now())
    (row,) = told(session, TIMES, now=clock.now()).rows
    assert (row[0], row[6], row[8]) == ("Dana Rivera", 0, 60)
    assert shares(told(session, TIMES, now=clock.now())) == {
        "Certified within 180 days, of those certified": (1, 1),
        "Authorized within 180 days, of those authorized": (1, 1),
    }


def test_agreements_count_from_signature_to_end_by_state(session: Session, there: Office, clock: FrozenClock) -> None:
    """R-18 and R-29: what ended later was in force before."""
    by_state = {str(row[0]): row for row in told(session, MAP, now=clock.now()).rows}
    assert by_state["SC"][2:] == (0, 0, 1, 0, 1)
    assert by_state["PR"][2:] == (0, 0, 0, 0, 0)
    (row,) = told(session, AGREEMENTS, now=clock.now(), model="WSO", state="SC", agency="palmetto").rows
    assert row[:3] == ("Palmetto County Sheriff's Office", "SC", "WSO")
    assert told(session, AGREEMENTS, now=clock.now(), agency="100%").rows == []
    there.terminates(session, now=clock.now() - timedelta(days=5))
    assert told(session, AGREEMENTS, now=clock.now()).rows == []
    assert told(session, AGREEMENTS, now=clock.now(), on=(clock.now() - timedelta(days=6)).date()).count == 1
    assert State.TERMINATED not in {row[5] for row in told(session, AGREEMENTS, now=clock.now()).rows}


def test_classes_tell_what_became_of_their_officers(session: Session, there: Office, clock: FrozenClock) -> None:
    """R-33: passed is only who passed."""
    trained(session, there.made, now=clock.now())
    found = told(session, CLASSES, now=clock.now())
    row = next(dict(zip(NAMES["classes"], row, strict=True)) for row in found.rows if row[5])
    assert (row["enrolled"], row["started"], row["passed"], row["withdrew"]) == (1, 1, 1, 0)
    assert told(session, CLASSES, now=clock.now(), model="JEM").rows == []


def test_a_revoked_certificate_certifies_nobody_from_then_on(session: Session, there: Office, clock: FrozenClock) -> None:
    number = there.certified(session, there.made.cast.officer, now=clock.now() - timedelta(days=9))
    certificates.revoke(
        session, actor=SYSTEM, number=number, reason=RevocationReason.ERROR, note="Wrong", now=clock.now() - timedelta(days=1)
    )
    assert told(session, ROSTER, now=clock.now()).rows == []
    assert told(session, ROSTER, now=clock.now(), on=(clock.now() - timedelta(days=2)).date()).count == 1


def test_a_letter_counts_where_the_rules_say_so(session: Session, there: Office, clock: FrozenClock) -> None:
    """What the database works out and what the rules fold agree after every move (R-29)."""
    letter = there.authorized(session, now=clock.now() - timedelta(days=50))
    moves = ((MoveKind.SUSPENSION, 40), (MoveKind.REINSTATEMENT, 30), (MoveKind.SUSPENSION, 20), (MoveKind.WITHDRAWAL, 10))
    for kind, days in moves:
        there.moves(session, letter, kind, now=clock.now() - timedelta(days=days))
    row = authorizations.by_id(session, letter)
    assert row is not None
    for days in range(55, 0, -5):
        day = (clock.now() - timedelta(days=days)).date()
        at = moment_of(day, now=clock.now())
        standing = row.standing(at=at, known=clock.now())
        listed = told(session, ROSTER, now=clock.now(), on=day, standing="authorized").count
        assert listed == (standing is not None and standing.is_active), day
