"""Classes that were opened before there were plans keep everything, and get a number, a first plan and their pin."""

import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert

from lms.courses.models import CourseRevision
from lms.db import migrate
from lms.db.session import Database
from lms.enrollments import queries
from lms.enrollments.models import Offering, OfferingPin

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
BEFORE = "0003"


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'old.db'}")
    migrate.upgrade(database, BEFORE)
    yield database
    database.close()


def test_a_class_of_before_is_planned_as_it_was(old: Database) -> None:
    first, second = uuid.uuid4(), uuid.uuid4()
    manifest: dict[str, list[str]] = {"modules": [], "exams": []}
    course = {"hash": "c", "course_id": "wso", "number": 1, "title": "WSO", "program_model": "WSO", "manifest": manifest, "note": ""}
    dates = {"starts_on": date(2026, 11, 1), "ends_on": date(2026, 12, 31), "time_zone": "America/Denver"}
    with old.writing() as session:
        session.execute(insert(CourseRevision), [course | {"published_at": NOON}])
        rows = [{"id": one, "course_hash": "c", "title": title, "opened_at": NOON} | dates for one, title in ((first, "A"), (second, "B"))]
        session.execute(insert(Offering), rows)
    migrate.upgrade(old)
    with old.reading() as session:
        found = [queries.offering(session, offering_id=one, now=NOON) for one in (first, second)]
        assert {one.number for one in found if one} == {"CL-2026-0001", "CL-2026-0002"}
        assert [(one.plan.title, one.plan.starts_on, one.plan.capacity, one.plan.days_off) for one in found if one] == [
            ("A", date(2026, 11, 1), 500, ()),
            ("B", date(2026, 11, 1), 500, ()),
        ]
        assert session.query(OfferingPin.course_hash).all() == [("c",), ("c",)]
