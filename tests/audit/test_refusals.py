"""Whoever asks for an act that is not theirs is refused, and the trail knows; nobody can fill it by asking."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from lms.audit.models import AuditEntry
from lms.db.session import Database
from lms.kernel.clock import FrozenClock
from lms.web.application import Application
from tests.support.browser import Visitor
from tests.support.cast import Cast, cast_of
from tests.support.factories import a_class

AGENCY = {"name": "Mine", "kind": "police", "state": "FL", "time_zone": "America/New_York"}


@pytest.fixture
def cast(sqlite: Database, clock: FrozenClock) -> Cast:
    with sqlite.writing() as session:
        return cast_of(session, now=clock.now())


def refused(database: Database) -> list[Any]:
    with database.reading() as session:
        return list(session.execute(select(*AuditEntry.__table__.c).where(AuditEntry.outcome == "refused").order_by(AuditEntry.at)))


def test_an_act_that_is_not_theirs_is_recorded(app: Application, cast: Cast, sqlite: Database, clock: FrozenClock) -> None:
    with sqlite.writing() as session:
        offering = a_class(session, now=clock.now())
    officer = Visitor(app).signs_in_as(cast.officer)
    assert officer.sends(f"/classes/{offering}/bank-acknowledgement").status_code == 403
    (entry,) = refused(sqlite)
    assert (entry.actor_id, entry.object_type, entry.object_id) == (cast.officer.user_id, "page", "enrollments.acknowledge_public_bank")
    assert entry.action == "tried to accept that a class is examined on a public question bank"
    assert entry.details == {"arguments": {"offering_id": str(offering)}, "refusal": "Forbidden"}
    assert entry.reason.startswith("Your role does not include this page.")


def test_what_a_rule_forbids_to_one_who_may_otherwise_is_recorded(app: Application, cast: Cast, sqlite: Database) -> None:
    administrator = Visitor(app).signs_in_as(cast.administrator)
    assert administrator.sends(f"/people/{cast.administrator.user_id}/password-links").status_code == 403
    (entry,) = refused(sqlite)
    assert entry.details["refusal"] == "OwnPassword"


def test_a_form_from_elsewhere_is_recorded(app: Application, cast: Cast, sqlite: Database) -> None:
    administrator = Visitor(app).signs_in_as(cast.administrator)
    assert administrator.client.post("/agencies", data=AGENCY).status_code == 403
    (entry,) = refused(sqlite)
    assert entry.details["refusal"] == "UnsafeRequest"


def test_looking_strangers_and_what_is_not_found_leave_nothing(app: Application, cast: Cast, sqlite: Database) -> None:
    officer = Visitor(app).signs_in_as(cast.officer)
    assert officer.opens("/people").status_code == 403
    assert officer.sends(f"/enrollments/{uuid.uuid4()}/exams/final/attempts", rules_read="y", code="X").status_code == 404
    assert Visitor(app).client.post("/agencies", data=AGENCY).status_code == 401
    assert refused(sqlite) == []


def test_of_one_person_twenty_refusals_are_kept_in_ten_minutes(app: Application, cast: Cast, sqlite: Database, clock: FrozenClock) -> None:
    officer, instructor = Visitor(app).signs_in_as(cast.officer), Visitor(app).signs_in_as(cast.instructor)
    for _ in range(25):
        assert officer.sends("/agencies", **AGENCY).status_code == 403
    assert len(refused(sqlite)) == 20
    instructor.sends("/agencies", **AGENCY)
    assert len(refused(sqlite)) == 21
    clock.advance(timedelta(minutes=11))
    officer.sends("/agencies", **AGENCY)
    assert len(refused(sqlite)) == 22


def test_a_refusal_that_cannot_be_recorded_is_still_a_refusal(app: Application, cast: Cast, sqlite: Database) -> None:
    officer = Visitor(app).signs_in_as(cast.officer)
    officer.token()
    with sqlite.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE ledger_waiting")
    assert officer.sends("/agencies", **AGENCY).status_code == 403
