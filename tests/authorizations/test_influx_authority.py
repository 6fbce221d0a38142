"""Authority for a mass influx goes with the declared period and its boundaries, on both databases (R-26, R-28)."""

import uuid
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from lms.activations import queries as activations
from lms.authorizations import answering, listing, queries
from lms.authorizations.answer_rules import Question
from lms.authorizations.listing import CONDITIONS, Shown
from lms.authorizations.rules import Word
from lms.influx.period import Boundaries, Kind
from lms.influx.service import Change
from lms.kernel.clock import FrozenClock
from tests.authorizations.authority import office
from tests.influx import world

DAY = timedelta(days=1)


def word(session: Session, authorization_id: uuid.UUID, *, now: datetime) -> Word:
    """Where an authorization stands."""
    session.expire_all()
    found = queries.by_id(session, authorization_id)
    assert found is not None
    return found.standing_now(now).word


def test_authority_for_a_mass_influx_holds_inside_its_period_and_boundaries_and_nowhere_else(session: Session, clock: FrozenClock) -> None:
    """R-26, R-28, R-29: dormant, awake by the activation, and dormant again with the end of the declaration."""
    now, ours = clock.now(), office(session, now=clock.now())
    made = world.furnish(session, ours.made.cast)
    there = replace(ours, agreement_id=made.agreement_id, rule_set_id="influx-2003")
    letter = there.authorized(session, now=now, functions=("duties-named", "transport-guard"))
    where = Boundaries(counties=frozenset({"45013"}))
    declared = Change(Kind.DECLARED, world.BEGINS, world.ENDS, where)
    drill = world.declared(session, made, drill=True)
    world.activated(session, made, drill)
    assert word(session, letter, now=now) is Word.DORMANT
    declaration = world.declared(session, made, change=declared)
    world.activated(session, made, declaration)
    assert word(session, letter, now=now) is Word.ACTIVE
    assert says(session, letter, now=now) == {Shown.ACTIVE}
    assert activations.counts(session, declaration_id=declaration, orders=[]).authorized == 1

    def may(function: str, place: str, at: datetime, known: datetime) -> bool:
        question = Question(made.cast.officer.officer, function, place, at, known)
        receipt = answering.ask(session, actor=made.cast.verifier.identity, question=question, now=max(at, known))
        session.flush()
        found = answering.receipt(session, receipt_id=receipt)
        assert found is not None
        authorized: bool = found.answer["authorized"]["answer"]
        return authorized

    assert may("duties-named", "45013", now, now)
    assert not may("duties-named", "45019", now, now)
    assert not may("duties-named", "45", now, now)
    assert may("transport-guard", "45019", now, now)
    later = now + DAY
    world.changes(session, made, declaration, Change(Kind.TERMINATED), at=later)
    assert word(session, letter, now=later) is Word.DORMANT
    assert says(session, letter, now=later) == {Shown.DORMANT}
    assert [may("duties-named", "45013", at, later) for at in (now, later)] == [True, False]
    assert may("duties-named", "45013", now, now)


def says(session: Session, authorization_id: uuid.UUID, *, now: datetime) -> set[Shown]:
    """The lists on which an authorization stands."""
    return {shown for shown in CONDITIONS if authorization_id in {one.id for one in listing.authorizations(session, shown=shown, now=now)}}
