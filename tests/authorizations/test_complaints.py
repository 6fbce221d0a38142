"""Complaints with their clocks, and the removal that follows at once where the model says so, on both databases."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from lms.authorizations import complaint_queries, complaint_service, queries
from lms.authorizations.complaint_rules import Outcome, Report, Source
from lms.authorizations.complaint_service import AlreadyReported, AlreadyResolved, NoSuchComplaint, NotSo
from lms.authorizations.rules import Word
from lms.kernel.clock import FrozenClock
from lms.kernel.ids import new_id
from tests.agencies.program import entries
from tests.authorizations.authority import Office, office
from tests.support.cast import Person

DAY = timedelta(days=1)


def reports(session: Session, there: Office, made: Any, clock: FrozenClock, *, who: Person | None = None, **changes: Any) -> Any:
    form_id = changes.pop("form_id", new_id())
    facts: dict[str, Any] = {"received_at": clock.now(), "source": Source.PUBLIC, "summary": "Rude", "may_bring_discipline": True}
    actor = (who or there.made.cast.supervisor).identity
    told = Report(**(facts | changes))
    found = complaint_service.report(session, actor=actor, authorization_id=made, told=told, form_id=form_id, now=clock.now())
    session.flush()
    return found


def word(session: Session, made: Any, clock: FrozenClock) -> Word:
    found = queries.by_id(session, made)
    assert found is not None
    return found.standing_now(clock.now()).word


def test_one_that_may_bring_discipline_suspends_in_the_same_transaction_under_the_task_force_model(
    session: Session, clock: FrozenClock
) -> None:
    """R-21."""
    there = office(session, "tfm-2025", now=clock.now())
    made = there.authorized(session, now=clock.now())
    reports(session, there, made, clock, may_bring_discipline=False)
    assert word(session, made, clock) is Word.ACTIVE
    found = reports(session, there, made, clock, who=there.coordinator)
    assert word(session, made, clock) is Word.SUSPENDED
    assert entries(session, found) == ["recorded a complaint"]
    reports(session, there, made, clock)
    row = queries.by_id(session, made)
    assert row is not None
    assert len(row.authority.moves) == 1, "an officer who is out is not taken out again"


def test_a_resolution_has_its_clock_and_lifts_nothing(session: Session, clock: FrozenClock) -> None:
    """R-21."""
    there = office(session, "jem-2025", now=clock.now())
    made = there.authorized(session, now=clock.now())
    found = reports(session, there, made, clock)
    assert word(session, made, clock) is Word.ACTIVE
    clock.advance(DAY)

    def resolves(**changes: Any) -> None:
        sent = {"complaint_id": found, "outcome": Outcome.UNFOUNDED, "resolved_at": clock.now(), "note": "Seen on video"} | changes
        complaint_service.resolve(session, actor=there.made.cast.program_officer.identity, now=clock.now(), **sent)
        session.flush()

    for changes, refusal in (({"note": ""}, NotSo), ({"complaint_id": new_id()}, NoSuchComplaint)):
        with pytest.raises(refusal):
            resolves(**changes)
    resolves()
    with pytest.raises(AlreadyResolved):
        resolves()
    one = complaint_queries.complaint(session, identity=there.made.cast.supervisor.identity, complaint_id=found)
    assert one is not None
    assert (one.outcome, [notice.due_at - notice.starts_at for notice in one.notices][-1]) == (Outcome.UNFOUNDED, 30 * DAY)
    assert complaint_queries.overdue_count(session, now=clock.now() + 10 * DAY) == 1
    assert complaint_queries.overdue_count(session, now=clock.now() + 40 * DAY) == 2


def test_what_cannot_be_reported_is_refused(session: Session, clock: FrozenClock) -> None:
    there = office(session, now=clock.now())
    made, cast, form_id = there.authorized(session, now=clock.now()), there.made.cast, new_id()
    for who in (cast.outsider_coordinator, cast.officer, cast.verifier):
        with pytest.raises(NoSuchComplaint):
            reports(session, there, made, clock, who=who)
    for changes in ({"summary": " "}, {"received_at": clock.now() + DAY}, {"received_at": clock.now() - DAY}):
        with pytest.raises(NotSo):
            reports(session, there, made, clock, **changes)
    reports(session, there, made, clock, form_id=form_id)
    with pytest.raises(AlreadyReported):
        reports(session, there, made, clock, form_id=form_id)


def test_what_is_due_first_stands_first_and_only_those_who_handle_it_see_it(session: Session, clock: FrozenClock) -> None:
    there = office(session, now=clock.now())
    made, cast = there.authorized(session, now=clock.now()), there.made.cast
    first = reports(session, there, made, clock)
    clock.advance(DAY)
    second = reports(session, there, made, clock)
    for person, seen in ((cast.supervisor, [first, second]), (cast.coordinator, [first, second]), (cast.outsider_coordinator, [])):
        rows = complaint_queries.complaints(session, identity=person.identity)
        assert [row.id for row in rows] == seen
        assert complaint_queries.complaint_count(session, identity=person.identity) == len(seen)
