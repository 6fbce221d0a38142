"""Reports on the screen, as sheets and as JSON: who sees them, that filters hold, and that each asks few statements."""

import csv
import io
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.accounts.models import Officer
from lms.accounts.permissions import Permission
from lms.accounts.rules import SYSTEM
from lms.certificates import service as certificates
from lms.certificates.models import Certificate
from lms.db.session import Database
from lms.kernel.clock import FrozenClock
from lms.reports.catalogue import CATALOGUE
from lms.web.application import Application
from tests.authorizations.authority import Office, office
from tests.support.browser import Visitor
from tests.support.statements import statements_on


@pytest.fixture
def made(sqlite: Database, clock: FrozenClock) -> Office:
    with sqlite.writing() as session:
        found = office(session, now=clock.now() - timedelta(days=3))
        found.authorized(session, now=clock.now() - timedelta(days=2))
        return found


@pytest.fixture
def visitor(app: Application, made: Office) -> Visitor:
    return Visitor(app).signs_in_as(made.made.cast.supervisor)


@pytest.mark.parametrize("report_id", CATALOGUE)
def test_every_report_asks_at_most_twelve_statements(visitor: Visitor, sqlite: Database, report_id: str) -> None:
    for address in (f"/reports/{report_id}", f"/reports/{report_id}/export", f"/reports/{report_id}/json"):
        with statements_on(sqlite) as heard:
            answer = visitor.client.get(address)
        assert answer.status_code == 200, answer.text
        assert len(heard) <= 12, heard


def test_only_those_who_may_read_reports_see_them(app: Application, made: Office) -> None:
    for person in made.made.cast.people:
        visitor = Visitor(app).signs_in_as(person)
        allowed = person.identity.may(Permission.REPORT_READ)
        for path in ("/reports", "/reports/roster", "/reports/roster/export", "/reports/roster/json"):
            assert visitor.client.get(path).status_code == (200 if allowed else 403), (person.role, path)
        assert ('href="/reports"' in visitor.opens("/account").text) is allowed


def test_the_list_leads_to_every_report_and_to_no_other(visitor: Visitor) -> None:
    text = visitor.opens("/reports").text
    assert all(f"/reports/{report_id}" in text for report_id in CATALOGUE)
    assert visitor.client.get("/reports/everything").status_code == 404


def test_a_report_tells_its_day_its_shares_and_what_is_counted(visitor: Visitor) -> None:
    text = visitor.opens("/reports/compliance").text
    assert "As of " in text
    assert "1 of 1" in text
    assert "GAO-21-186" in text
    assert "Officers, the denominator" in text
    assert 'role="img"' in text
    assert "The same as a table" in text


def test_filters_hold_on_the_page_in_the_sheet_and_in_json(visitor: Visitor) -> None:
    for asked, count in (("state=SC", 1), ("state=IA", 0), ("model=WSO", 1), ("model=JEM", 0), ("agency=palmetto", 1), ("agency=%25", 0)):
        assert ("Dana Rivera" in visitor.opens(f"/reports/roster?{asked}").text) is bool(count), asked
        assert visitor.client.get(f"/reports/roster/json?{asked}").get_json()["count"] == count, asked
        assert len(visitor.client.get(f"/reports/roster/export?{asked}").text.splitlines()) == count + 1, asked


@pytest.mark.parametrize("asked", ["on=2099-01-01", "on=yesterday", "state=ZZ", "model=ANY"])
def test_what_cannot_be_asked_is_told_and_kept(visitor: Visitor, asked: str) -> None:
    answer = visitor.opens(f"/reports/roster?{asked}")
    assert answer.status_code == 422
    assert asked.partition("=")[2] in answer.text or "state" in asked or "model" in asked
    for part in ("export", "json"):
        assert visitor.client.get(f"/reports/roster/{part}?{asked}").status_code == 422


def test_the_sheet_and_the_json_tell_the_same_rows(visitor: Visitor) -> None:
    answer = visitor.client.get("/reports/roster/export")
    heading, row = csv.reader(io.StringIO(answer.text))
    told = visitor.client.get("/reports/roster/json").get_json()
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="roster-')
    assert heading == [column.label for column in CATALOGUE["roster"].columns]
    assert [str(value or "") for value in told["rows"][0].values()] == row
    assert told["shares"][-1] == {"label": "Certified officers who are authorized", "numerator": 1, "denominator": 1}
    assert told["asked"]["on"] in answer.headers["Content-Disposition"]


def test_no_cell_of_a_sheet_is_taken_for_a_formula(visitor: Visitor, made: Office, sqlite: Database) -> None:
    with sqlite.writing() as session:
        session.execute(update(Officer).where(Officer.id == made.made.cast.officer.officer).values(name="=cmd|' /C calc'!A0"))
    rows = list(csv.reader(io.StringIO(visitor.client.get("/reports/roster/export").text)))
    assert rows[1][0] == "'=cmd|' /C calc'!A0"


def test_the_map_names_every_state_with_its_number_and_leads_to_its_agreements(visitor: Visitor) -> None:
    text = visitor.opens("/reports/map").text
    assert "<title>South Carolina: 1 agreement</title>" in text
    assert "<title>Vermont: none</title>" in text
    assert "Puerto Rico" in text
    link = next(one for one in visitor.page.all("a") if one.attributes.get("aria-label", "") == "South Carolina: 1 agreement")
    assert "Palmetto County" in visitor.opens(str(link.attributes["href"])).text


def test_nobody_authorized_without_certificate_is_said_and_somebody_is_an_error(visitor: Visitor, sqlite: Database) -> None:
    assert "as it must be" in visitor.opens("/reports/authorized-not-certified").text
    with sqlite.writing() as session:
        number = session.scalars(select(Certificate.number)).one()
        certificates.suspend(session, actor=SYSTEM, number=number, note="Looked into", now=made_at(session))
    assert "There must be 0" in visitor.opens("/reports/authorized-not-certified").text


def made_at(session: Session) -> datetime:
    """When the certificate was issued, and an hour more."""
    return session.scalars(select(Certificate.reserved_at)).one() + timedelta(hours=1)


def test_a_page_beyond_the_last_leads_back(visitor: Visitor) -> None:
    assert "This page of the table is empty" in visitor.opens("/reports/roster?page=9").text
