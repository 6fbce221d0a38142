"""An officer who changes agency keeps the record; role and membership move as one act."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from lms.accounts.rules import Identity
from lms.agencies import queries, service
from lms.agencies.service import CannotMove, NoSuchOfficer
from lms.db.session import Database
from lms.kernel.clock import FrozenClock
from lms.kernel.errors import Forbidden
from tests.agencies.program import entries
from tests.support.browser import Visitor
from tests.support.cast import Cast, cast_of


@pytest.fixture
def cast(session: Session, clock: FrozenClock) -> Cast:
    return cast_of(session, now=clock.now())


def moves(session: Session, cast: Cast, clock: FrozenClock, *, actor: Identity | None = None, **changes: Any) -> None:
    told: dict[str, Any] = {
        "officer_id": cast.officer.officer,
        "agency_id": cast.palmetto,
        "to": cast.cedar_falls,
        "reason": " Hired there ",
    } | changes
    service.move_officer(session, actor=actor or cast.administrator.identity, now=clock.now(), **told)


def test_membership_and_role_move_together_and_leave_one_entry(session: Session, cast: Cast, clock: FrozenClock) -> None:
    clock.advance(timedelta(minutes=1))
    moves(session, cast, clock)
    served = queries.agencies_served(session, officer_ids=[cast.officer.officer], now=clock.now())
    rows = queries.officers(session, identity=cast.administrator.identity, agency_id=cast.cedar_falls, now=clock.now())
    assert served[cast.officer.officer] == cast.cedar_falls
    assert {(row.name, row.active) for row in rows} == {("Dana Rivera", True), ("Theo Lindqvist", True)}
    assert queries.officers(session, identity=cast.administrator.identity, agency_id=cast.palmetto, now=clock.now()) == []
    assert entries(session, cast.officer.officer) == ["moved an officer to another agency"]


def test_only_who_serves_there_moves_to_another_agency_and_with_a_reason(session: Session, cast: Cast, clock: FrozenClock) -> None:
    with pytest.raises(NoSuchOfficer):
        moves(session, cast, clock, agency_id=cast.cedar_falls)
    with pytest.raises(CannotMove, match="another agency"):
        moves(session, cast, clock, to=cast.palmetto)
    with pytest.raises(CannotMove, match="Say why"):
        moves(session, cast, clock, reason=" ")
    with pytest.raises(Forbidden):
        moves(session, cast, clock, actor=cast.officer.identity)


def test_an_administrator_moves_an_officer_who_signs_in_again(app: Flask, sqlite: Database, clock: FrozenClock) -> None:
    with sqlite.writing() as session:
        cast = cast_of(session, now=clock.now())
    clock.advance(timedelta(minutes=1))
    officer = Visitor(app).signs_in_as(cast.officer)
    administrator = Visitor(app).signs_in_as(cast.administrator)
    path = f"/agencies/{cast.palmetto}/officers/{cast.officer.officer}/transfer"
    assert path in administrator.opens(f"/agencies/{cast.palmetto}").text
    assert "Cedar Falls Police Department, IA" in administrator.opens(path).text
    refused = administrator.sends(path, to=cast.palmetto, reason="Hired there")
    assert (refused.status_code, "Hired there" in refused.text) == (422, True)
    text = administrator.follows(administrator.sends(path, to=cast.cedar_falls, reason="Hired there")).text
    assert "No officers yet" in text
    assert administrator.opens(path).status_code == 404
    assert officer.opens("/").text.count("Sign in") > 0
    assert "Your training" in officer.signs_in_as(cast.officer).opens("/").text
    assert Visitor(app).signs_in_as(cast.coordinator).opens(path).status_code == 403
