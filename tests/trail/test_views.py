"""Auditors read the trail: what matches, page by page, each entry with its proof; nobody else sees it."""

import csv
import io
import uuid
from datetime import timedelta

import pytest

from lms.audit import service as audit
from lms.audit.sweeps import seal_audit_trail
from lms.db.session import Database
from lms.kernel.clock import FrozenClock
from lms.kernel.sheets import cell
from lms.trail import queries
from lms.trail.rules import Asked, Place, Proof, proof_of
from lms.web.application import Application
from lms.web.site import Site
from tests.support.browser import Visitor
from tests.support.cast import Cast, Person, cast_of
from tests.support.statements import statements_on


@pytest.fixture
def cast(sqlite: Database, clock: FrozenClock) -> Cast:
    with sqlite.writing() as session:
        return cast_of(session, now=clock.now() - timedelta(days=3))


@pytest.fixture
def auditor(app: Application, cast: Cast) -> Visitor:
    return Visitor(app).signs_in_as(cast.administrator)


def acts(
    database: Database, clock: FrozenClock, who: Person, *, count: int = 1, action: str = "opened a class", **sides: object
) -> list[uuid.UUID]:
    """So many acts of somebody, a second apart."""
    with database.writing() as session:
        return [
            audit.record(
                session,
                actor=who.identity,
                action=action,
                object_type="offering",
                object_id=f"class-{number}",
                now=clock.advance(timedelta(seconds=1)),
                **sides,  # type: ignore[arg-type] # each of its own type
            ).id
            for number in range(count)
        ]


def rows(visitor: Visitor, path: str) -> list[str]:
    """The rows of the list, as text."""
    visitor.opens(path)
    return [found.said() for found in visitor.page.all("tr")][1:]


def test_only_auditors_see_the_trail(app: Application, cast: Cast) -> None:
    for person in cast.people:
        visitor = Visitor(app).signs_in_as(person)
        allowed = person == cast.administrator
        for path in ("/audit", "/audit/export", f"/audit/{uuid.uuid4()}"):
            status = visitor.client.get(path).status_code
            assert status in ({200, 404} if allowed else {403}), (person.role, path)
        assert ("Audit trail" in visitor.opens("/account").text) is allowed


def test_the_newest_entries_come_first_with_names_and_proof(
    auditor: Visitor, cast: Cast, sqlite: Database, site: Site, clock: FrozenClock
) -> None:
    acts(sqlite, clock, cast.proctor, agency_id=cast.palmetto, reason="The yearly one")
    seal_audit_trail(site)
    acts(sqlite, clock, cast.certifier, action="closed a class", outcome="refused")
    first, second, *_ = rows(auditor, "/audit")
    assert all(part in first for part in ("Carol Whitfield", "closed a class", "Refused", "Waiting for its place"))
    assert all(part in second for part in ("Priya Nair", "opened a class", "The yearly one", "Palmetto County", "Signed, index"))
    seal_audit_trail(site)
    assert "not signed yet" in rows(auditor, "/audit")[0]


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ("who=priya", 3),
        ("who=priya.nair@example.gov", 3),
        ("who=system&object=agency", 2),
        ("action=CLASS", 4),
        ("action=%25", 0),
        ("object=class-1", 1),
        ("object=offering", 4),
        ("outcome=refused", 1),
        ("since=2026-11-22&action=class", 4),
        ("until=2026-11-21&action=class", 0),
        ("since=2026-11-22&until=2026-11-22&action=class", 4),
        ("who=priya&outcome=refused", 0),
    ],
)
def test_filters_narrow_the_list(auditor: Visitor, cast: Cast, sqlite: Database, clock: FrozenClock, asked: str, count: int) -> None:
    acts(sqlite, clock, cast.proctor, count=2)
    acts(sqlite, clock, cast.certifier, outcome="refused")
    acts(sqlite, clock, cast.instructor, action="closed a class", reason="x")
    assert len(rows(auditor, f"/audit?{asked}")) == count


def test_entries_of_one_agency(auditor: Visitor, cast: Cast, sqlite: Database, clock: FrozenClock) -> None:
    acts(sqlite, clock, cast.proctor, count=2, agency_id=cast.cedar_falls)
    assert len(rows(auditor, f"/audit?agency={cast.cedar_falls}&action=class")) == 2
    assert len(rows(auditor, f"/audit?agency={cast.palmetto}&action=class")) == 0


def test_a_filter_that_cannot_be_read_is_told(auditor: Visitor) -> None:
    for asked in ("since=yesterday", "outcome=perhaps", f"agency={uuid.uuid4()}"):
        assert auditor.opens(f"/audit?{asked}").status_code == 422


def test_pages_follow_each_other_without_a_gap(auditor: Visitor, cast: Cast, sqlite: Database, clock: FrozenClock) -> None:
    acts(sqlite, clock, cast.proctor, count=120)
    seen: list[str] = []
    path = "/audit?object=offering"
    for expected in (50, 50, 20):
        found = rows(auditor, path)
        assert len(found) == expected
        seen += found
        acts(sqlite, clock, cast.proctor)  # what comes meanwhile moves nothing
        following = [one for one in auditor.page.all("a") if one.attributes.get("rel") == "next"]
        path = str(following[0].attributes["href"]) if following else ""
    assert path == ""
    assert len({row.split("class-")[1].split()[0] for row in seen}) == 120
    assert len(rows(auditor, "/audit?object=offering&after=nonsense")) == 50


def test_the_list_asks_few_statements_however_long_it_is(cast: Cast, sqlite: Database, clock: FrozenClock) -> None:
    acts(sqlite, clock, cast.proctor, count=60)
    with statements_on(sqlite) as heard, sqlite.reading() as session:
        assert len(queries.entries(session, asked=Asked())) == 50
    assert len(heard) == 4


def test_an_entry_shows_its_proof(auditor: Visitor, cast: Cast, sqlite: Database, site: Site, clock: FrozenClock) -> None:
    (made,) = acts(sqlite, clock, cast.proctor, details={"course": "<b>wso</b>"})
    assert "in a moment" in auditor.opens(f"/audit/{made}").text
    seal_audit_trail(site)
    shown = auditor.opens(f"/audit/{made}").text
    assert "c2sp.org/tlog-proof@v1" in shown
    assert "&lt;b&gt;wso&lt;/b&gt;" in shown
    (late,) = acts(sqlite, clock, cast.proctor)
    seal_audit_trail(site)
    assert "within a minute" in auditor.opens(f"/audit/{late}").text


def test_an_altered_entry_is_shown_as_altered(auditor: Visitor, cast: Cast, sqlite: Database, site: Site, clock: FrozenClock) -> None:
    (made,) = acts(sqlite, clock, cast.proctor)
    seal_audit_trail(site)
    with sqlite.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_entry_no_update")
        connection.exec_driver_sql("UPDATE audit_entry SET action = 'closed a class' WHERE action = 'opened a class'")
    assert "Altered, index" in rows(auditor, "/audit")[0]
    assert "was altered or removed" in auditor.opens(f"/audit/{made}").text


def test_an_export_holds_what_matches_and_no_formula(auditor: Visitor, cast: Cast, sqlite: Database, clock: FrozenClock) -> None:
    acts(sqlite, clock, cast.proctor, reason="=cmd|' /C calc'!A0")
    acts(sqlite, clock, cast.certifier, action="closed a class")
    answer = auditor.client.get("/audit/export?who=priya")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="audit-trail.csv"'
    heading, *found = csv.reader(io.StringIO(answer.text))
    mine = [dict(zip(heading, row, strict=True)) for row in found if "opened a class" in row]
    assert [row["Reason"] for row in mine] == ["'=cmd|' /C calc'!A0"]
    assert all("Priya Nair" in row for row in found)


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx", "\nx"])
def test_no_cell_is_taken_for_a_formula(text: str) -> None:
    assert cell(text) == f"'{text}"


def test_other_cells_stay_as_they_are() -> None:
    assert [cell(value) for value in ("a=b", 7, None)] == ["a=b", "7", ""]


def test_what_is_proven_follows_from_place_hash_and_checkpoint() -> None:
    assert proof_of(number=None, matches=False, signed=9) is Proof.WAITING
    assert proof_of(number=3, matches=False, signed=9) is Proof.ALTERED
    assert proof_of(number=3, matches=True, signed=3) is Proof.PLACED
    assert proof_of(number=3, matches=True, signed=4) is Proof.SIGNED


def test_a_place_is_read_as_it_was_written_and_nothing_else_is() -> None:
    place = Place(1_795_348_800_000, uuid.uuid4())
    assert Place.parse(str(place)) == place
    for text in ("", "5", "x.y", f"-5.{uuid.uuid4().hex}", f"5.{'z' * 32}", f"{'9' * 16}.{uuid.uuid4().hex}", f"²5.{uuid.uuid4().hex}"):
        assert Place.parse(text) is None
