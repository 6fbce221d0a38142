"""`python -m tests.bench.reports`: what each report costs with 3,000 agencies and 50,000 officers. It asserts nothing."""

import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lms.accounts.models import Officer, User
from lms.agencies.models import Agency, Agreement, AgreementMove, Nomination, Nominee, RuleSetRevision
from lms.authorizations.models import (
    Authorization,
    AuthorizationMove,
    Certification,
    CertificationEntry,
    RefresherRequirement,
    RefresherSettlement,
)
from lms.certificates.models import Certificate, Revocation
from lms.courses.models import CourseRevision
from lms.db import migrate
from lms.db.session import Database
from lms.enrollments.models import Completion, Enrollment, Offering, OfferingNumber
from lms.places.rules import STATES
from lms.reports import queries
from lms.reports.catalogue import CATALOGUE
from lms.reports.rules import Asked
from tests.support.factories import a_course
from tests.support.statements import statements_on

AGENCIES = 3_000
OFFICERS = 50_000
CLASS_SIZE = 40
MODELS = ("JEM", "TFM", "WSO")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=700)
CHUNK = 10_000
Rows = Iterator[dict[str, Any]]


def main() -> None:
    """Fill a database and print what each report costs."""
    with tempfile.TemporaryDirectory(prefix="lms-bench-") as name:
        database = Database(f"sqlite:///{Path(name) / 'reports.db'}")
        migrate.upgrade(database)
        sys.stderr.write(f"Filling {AGENCIES:,} agencies and {OFFICERS:,} officers ...\n")
        with database.writing() as session:
            fill(session)
        measure(database)
        database.close()


def measure(database: Database) -> None:
    """Print statements, milliseconds and rows of each report: a page, and the whole of it."""
    sys.stdout.write(f"{'report':<26}{'statements':>12}{'page, ms':>12}{'rows':>10}{'download, ms':>14}\n")
    asked = Asked(NOW.date(), NOW)
    for report in CATALOGUE.values():
        with database.reading() as session, statements_on(database) as heard:
            begun = time.perf_counter()
            found = queries.page(session, report=report, asked=asked, number=1)
            page = (time.perf_counter() - begun) * 1000
        with database.reading() as session:
            begun = time.perf_counter()
            queries.whole(session, report=report, asked=asked)
            whole = (time.perf_counter() - begun) * 1000
        sys.stdout.write(f"{report.id:<26}{len(heard):>12}{page:>12.0f}{found.count:>10,}{whole:>14.0f}\n")


def fill(session: Session) -> None:
    """A program of full size, put straight into the tables."""
    agencies = [uuid.uuid4() for _ in range(AGENCIES)]
    agreements = [uuid.uuid4() for _ in range(AGENCIES)]
    officers = [uuid.uuid4() for _ in range(OFFICERS)]
    _put(session, Agency, _agencies(agencies))
    _put(session, RuleSetRevision, iter([{"hash": "rules", "rule_set_id": "rules", "content": {}, "recorded_at": LONG_AGO}]))
    _put(session, Agreement, _agreements(agencies, agreements))
    _put(session, AgreementMove, _moves(agreements))
    _put(session, User, _users(officers))
    _put(session, Officer, _officers(officers))
    _put(session, Nominee, _nominees(officers))
    _put(session, Nomination, _nominations(officers, agreements))
    courses = [a_course(session, now=LONG_AGO, course=f"course-{model.lower()}", model=model) for model in MODELS]
    session.flush()
    lesson = _lesson_of(session, courses[0])
    classes = [uuid.uuid4() for _ in range(-(-OFFICERS // CLASS_SIZE))]
    _put(session, Offering, _offerings(classes, courses))
    _put(session, OfferingNumber, ({"offering_id": one, "year": 2025, "ordinal": n + 1} for n, one in enumerate(classes)))
    _put(session, Enrollment, _enrollments(officers, agencies, classes))
    _put(session, Completion, _completions(officers, lesson))
    _put(session, Certificate, _certificates(officers, agencies, courses))
    _put(session, Certification, _certifications())
    named = ({"certificate_id": one, "certification_id": _list(n), "position": n} for n, one in _trained(officers))
    _put(session, CertificationEntry, named)
    _put(session, Revocation, _revocations(officers))
    _put(session, Authorization, _authorizations(officers, agencies, agreements))
    _put(session, AuthorizationMove, _suspensions(officers))
    _put(session, RefresherRequirement, _requirements(officers))
    _put(session, RefresherSettlement, _settlements(officers))


def _put(session: Session, model: Any, rows: Rows) -> None:
    waiting: list[dict[str, Any]] = []
    for row in rows:
        waiting.append(row)
        if len(waiting) == CHUNK:
            session.execute(insert(model), waiting)
            waiting = []
    if waiting:
        session.execute(insert(model), waiting)


def _lesson_of(session: Session, course: str) -> str:
    """The hash of the first lesson of a course."""
    manifest = session.scalars(select(CourseRevision.manifest).where(CourseRevision.hash == course)).one()
    return str(manifest["modules"][0]["lessons"][0]["hash"])


def _agency_of(n: int) -> int:
    return n % AGENCIES


def _trained(officers: Sequence[uuid.UUID]) -> Iterator[tuple[int, uuid.UUID]]:
    """Those of ten officers who have a certificate."""
    return ((n, one) for n, one in enumerate(officers) if n % 10)


def _authorized(officers: Sequence[uuid.UUID]) -> Iterator[tuple[int, uuid.UUID]]:
    """Those who are authorized as well."""
    return ((n, one) for n, one in _trained(officers) if n % 7)


def _list(n: int) -> uuid.UUID:
    return uuid.UUID(int=n // 100 + 1)


def _agencies(agencies: Sequence[uuid.UUID]) -> Rows:
    for n, one in enumerate(agencies):
        place = STATES[n * n % len(STATES)].postal
        yield {
            "id": one,
            "name": f"Agency {n}",
            "kind": "sheriff",
            "state": place,
            "time_zone": "America/Chicago",
            "created_by": None,
            "created_at": LONG_AGO,
        }


def _agreements(agencies: Sequence[uuid.UUID], agreements: Sequence[uuid.UUID]) -> Rows:
    for n, (agency, one) in enumerate(zip(agencies, agreements, strict=True)):
        yield {
            "id": one,
            "agency_id": agency,
            "letter_id": None,
            "model": MODELS[n % 3],
            "basis": "287g",
            "component": "ICE",
            "contingency": False,
            "rule_set_hash": "rules",
            "functions": [],
            "form_id": uuid.uuid4(),
            "recorded_by": None,
            "recorded_at": LONG_AGO,
        }


def _moves(agreements: Sequence[uuid.UUID]) -> Rows:
    for one in agreements:
        for number, state in enumerate(("draft", "signed", "operational"), 1):
            at = LONG_AGO + timedelta(days=number)
            yield {
                "agreement_id": one,
                "number": number,
                "to_state": state,
                "effective_at": at,
                "recorded_at": at,
                "recorded_by": None,
                "reason": "",
                "exigent": False,
            }


def _users(officers: Sequence[uuid.UUID]) -> Rows:
    for n, one in enumerate(officers):
        yield {"id": one, "email": f"officer-{n}@example.gov", "name": f"Officer {n}", "password_hash": "", "created_at": LONG_AGO}


def _officers(officers: Sequence[uuid.UUID]) -> Rows:
    for n, one in enumerate(officers):
        yield {"id": one, "user_id": one, "name": f"Officer {n}", "normalized_name": f"officer {n}", "created_at": LONG_AGO}


def _nominees(officers: Sequence[uuid.UUID]) -> Rows:
    for n, one in enumerate(officers):
        yield {
            "id": one,
            "email": f"officer-{n}@example.gov",
            "normalized_name": f"officer {n}",
            "sworn_on": None,
            "recorded_at": LONG_AGO,
        }


def _nominations(officers: Sequence[uuid.UUID], agreements: Sequence[uuid.UUID]) -> Rows:
    for n, one in enumerate(officers):
        yield {
            "id": one,
            "nominee_id": one,
            "agreement_id": agreements[_agency_of(n)],
            "batch_id": None,
            "substitute_for": None,
            "name": f"Officer {n}",
            "email": f"officer-{n}@example.gov",
            "sworn_on": None,
            "answers": {},
            "consent_by": "",
            "consent_on": None,
            "nominated_by": None,
            "recorded_at": LONG_AGO + timedelta(days=n % 300),
        }


def _offerings(classes: Sequence[uuid.UUID], courses: Sequence[str]) -> Rows:
    for n, one in enumerate(classes):
        first = (LONG_AGO + timedelta(days=310 + n % 30)).date()
        yield {
            "id": one,
            "course_hash": courses[n % 3],
            "title": f"Class {n}",
            "starts_on": first,
            "ends_on": first + timedelta(days=28),
            "time_zone": "America/Chicago",
            "opened_by": None,
            "opened_at": LONG_AGO,
        }


def _enrollments(officers: Sequence[uuid.UUID], agencies: Sequence[uuid.UUID], classes: Sequence[uuid.UUID]) -> Rows:
    for n, one in enumerate(officers):
        yield {
            "id": one,
            "offering_id": classes[n // CLASS_SIZE],
            "officer_id": one,
            "agency_id": agencies[_agency_of(n)],
            "nomination_id": one,
            "enrolled_by": None,
            "enrolled_at": LONG_AGO + timedelta(days=305),
        }


def _completions(officers: Sequence[uuid.UUID], lesson_hash: str) -> Rows:
    for one in officers:
        yield {
            "enrollment_id": one,
            "lesson_id": "course-jem-lesson-1",
            "lesson_hash": lesson_hash,
            "credited_minutes": 30,
            "active_seconds": 1800,
            "at": LONG_AGO + timedelta(days=330),
        }


def _certificates(officers: Sequence[uuid.UUID], agencies: Sequence[uuid.UUID], courses: Sequence[str]) -> Rows:
    for n, one in _trained(officers):
        yield {
            "id": one,
            "number": f"F{n:017}",
            "certificate_class": "F",
            "series": "full",
            "ordinal": 1,
            "enrollment_id": one,
            "officer_id": one,
            "agency_id": agencies[_agency_of(n)],
            "course_hash": courses[n // CLASS_SIZE % 3],
            "status_index": n,
            "reserved_by": None,
            "reserved_at": LONG_AGO + timedelta(days=370),
            "facts": {"agency": f"Agency {_agency_of(n)}", "expires_at": None, "program_model": MODELS[n % 3], "subjects": ["x" * 200]},
        }


def _certifications() -> Rows:
    for n in range(0, OFFICERS, 100):
        at = LONG_AGO + timedelta(days=375)
        yield {
            "id": _list(n),
            "number": n + 1,
            "official": "",
            "position": "",
            "dated_on": at.date(),
            "facts": {},
            "form_id": uuid.uuid4(),
            "recorded_by": None,
            "effective_at": at,
            "recorded_at": at,
        }


def _revocations(officers: Sequence[uuid.UUID]) -> Rows:
    for n, one in _trained(officers):
        if n % 1001 == 0:
            yield {
                "certificate_id": one,
                "by": None,
                "reason": "another reason",
                "public_reason": "",
                "note": "",
                "effective_at": NOW - timedelta(days=9),
                "recorded_at": NOW - timedelta(days=9),
            }


def _authorizations(officers: Sequence[uuid.UUID], agencies: Sequence[uuid.UUID], agreements: Sequence[uuid.UUID]) -> Rows:
    for n, one in _authorized(officers):
        starts_at = LONG_AGO + timedelta(days=380 + n % 200)
        yield {
            "id": one,
            "number": f"L-{n}",
            "officer_id": one,
            "agency_id": agencies[_agency_of(n)],
            "agreement_id": agreements[_agency_of(n)],
            "certificate_id": one,
            "nomination_id": one,
            "functions": [],
            "places": [],
            "starts_at": starts_at,
            "ends_at": NOW + timedelta(days=n % 700) if n % 3 == 1 else None,
            "supervisor_name": "",
            "supervisor_position": "",
            "supervisor_phone": "",
            "supervisor_email": "",
            "field_office": "",
            "facts": {},
            "form_id": uuid.uuid4(),
            "recorded_by": None,
            "recorded_at": starts_at,
        }


def _suspensions(officers: Sequence[uuid.UUID]) -> Rows:
    for n, one in _authorized(officers):
        if n % 50 == 1:
            at = NOW - timedelta(days=20)
            yield {
                "authorization_id": one,
                "number": 1,
                "kind": "suspension",
                "reason": "",
                "note": "",
                "until": None,
                "effective_at": at,
                "recorded_at": at,
                "recorded_by": None,
            }


def _requirements(officers: Sequence[uuid.UUID]) -> Rows:
    for n, one in _authorized(officers):
        yield {
            "id": one,
            "authorization_id": one,
            "kind": "refresher",
            "title": "Refresher training",
            "source": "",
            "not_before": None,
            "due_on": (NOW + timedelta(days=n % 700 - 100)).date(),
            "recorded_by": None,
            "recorded_at": LONG_AGO,
        }


def _settlements(officers: Sequence[uuid.UUID]) -> Rows:
    for n, one in _authorized(officers):
        if n % 700 < 80:
            done = (NOW - timedelta(days=40)).date()
            yield {"requirement_id": one, "outcome": "completed", "on": done, "note": "", "recorded_by": None, "recorded_at": NOW}


if __name__ == "__main__":
    main()
