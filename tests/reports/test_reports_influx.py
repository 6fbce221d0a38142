"""The after-action report: whom each order covered, what they held and owe, as it was on each day."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.certificates import service as certificates
from lms.enrollments import tracks
from lms.enrollments.models import Enrollment
from lms.influx import order_queries, order_service
from lms.reports import queries
from lms.reports.catalogue import AFTER_ACTION
from lms.reports.finding import Found
from lms.reports.rules import Asked, moment_of
from tests.certificates.program import TERMS, Program, passes
from tests.influx import world
from tests.influx.world import NOON, Influx
from tests.support.cast import cast_of

DAY = timedelta(days=1)


@pytest.fixture
def made(session: Session) -> Influx:
    return world.furnish(session, cast_of(session, now=NOON))


def told(session: Session, *, days: int = 0, **asked: str) -> Found:
    session.flush()
    now = NOON + days * DAY
    return queries.page(session, report=AFTER_ACTION, asked=Asked(now.date(), moment_of(now.date(), now=now), **asked), number=1)


def row(found: Found) -> dict[str, object]:
    (cells,) = found.rows
    return dict(zip((column.name for column in AFTER_ACTION.columns), cells, strict=True))


def responds(session: Session, made: Influx, *, drill: bool = False) -> uuid.UUID:
    """An officer under an order, trained and certified for the time of the declaration."""
    declaration = world.declared(session, made, drill=drill)
    world.activated(session, made, declaration)
    order = order_queries.order(session, world.ordered(session, made, declaration))
    assert order is not None
    officer = made.cast.officer
    order_service.acknowledge(session, actor=officer.identity, order_id=order.id, now=NOON)
    chosen = [officer.officer]
    tracks.put_on_track(session, actor=made.first.identity, order=order, offering_id=made.short, officer_ids=chosen, now=NOON)
    session.flush()
    enrollment = session.scalars(select(Enrollment.id).where(Enrollment.offering_id == made.short)).one()
    world.completes(session, made, enrollment, 1, 2, 3)
    paper = Program(made.cast, made.short, made.bank_hash, made.lessons)
    passes(session, paper, enrollment, now=NOON, exam="response-short-final")
    certificates.issue(session, actor=made.cast.certifier.identity, enrollment_ids=[enrollment], terms=TERMS, now=NOON)
    return declaration


def test_who_was_called_up_what_they_held_and_what_they_owe(session: Session, made: Influx) -> None:
    """R-24, R-25: 28 CFR 65.84(a)(4)."""
    assert told(session).rows == []
    responds(session, made)
    found = row(told(session))
    assert (found["officer"], found["declaration"]) == ("Dana Rivera", "Fictional influx")
    assert (found["stands_as"], found["owed"], found["minutes_owed"]) == ("abbreviated training", "2 modules", 60)
    assert str(found["certificate"]).startswith("A-")
    assert (found["full_certificate"], found["authorized_since"]) == (None, None)
    after = row(told(session, days=60))
    assert (after["stands_as"], after["minutes_owed"]) == ("not certified", 60)
    assert told(session, days=-2).rows == []
    shares = {share.label: (share.part, share.whole) for share in told(session).picture.shares}
    assert shares["Officers under orders, drills left out"] == (1, None)
    assert shares["Of these, with a full certificate of the whole course"] == (0, 1)


def test_it_is_narrowed_by_state_and_agency(session: Session, made: Influx) -> None:
    responds(session, made)
    assert told(session, state="SC").count == told(session, agency="palmetto").count == 1
    assert told(session, state="TX").count == told(session, agency="cedar").count == 0


def test_a_drill_is_marked_and_in_no_share(session: Session, made: Influx) -> None:
    responds(session, made, drill=True)
    found = told(session)
    assert row(found)["declaration"] == "Fictional influx (drill)"
    assert [share.part for share in found.picture.shares] == [0, 0, 0]
