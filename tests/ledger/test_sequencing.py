"""Order, tree and checkpoints: made by the worker after the commit, repeatable, resumed after every crash."""

import json
import stat
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from threading import Event, Thread

import pytest
from alembic import command
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from lms.accounts.rules import SYSTEM
from lms.audit import service as audit
from lms.audit.entries import AUDIT, canonical_text
from lms.audit.models import AuditEntry
from lms.db import migrate
from lms.kernel.canonical import canonical
from lms.ledger import keys, publishing, queries, service, sweeping, tlog
from lms.ledger.checkpoint import Signer, notes_in, parse
from lms.ledger.queries import Damaged
from lms.ledger.service import Altered, NoSuchEntry, NotSignedYet
from tests.ledger.seals import Archive


def references(kept: Archive) -> list[str]:
    with kept.site.database.reading() as session:
        return [leaf.reference for leaf in queries.leaves(session, ledger="audit", after=-1, limit=10_000)]


def test_entries_get_their_place_by_moment_and_id(kept: Archive) -> None:
    made = kept.records(5)
    assert kept.size() == 0
    kept.works()
    assert references(kept) == [one.hex for one in made]
    with kept.site.database.reading() as session:
        assert queries.waiting(session, ledger="audit") == []


def test_an_entry_that_is_committed_late_comes_later_and_changes_nothing_before_it(kept: Archive) -> None:
    made = kept.records(3)
    kept.works()
    kept.clock.advance(timedelta(seconds=-10))
    made += kept.records(1)
    kept.works()
    assert references(kept) == [one.hex for one in made]


def test_an_entry_whose_change_is_undone_never_enters_the_ledger(kept: Archive) -> None:
    with kept.site.database.writing() as session:
        audit.record(session, actor=SYSTEM, action="did", object_type="thing", object_id="x", now=kept.clock.now())
        session.rollback()
    kept.works()
    assert kept.size() == 0


def test_a_leaf_is_the_hash_of_the_canonical_text_of_its_row(kept: Archive) -> None:
    (made,) = kept.records(1, reason='a "reason"\twith \x1f and \u2028 and 😀')
    kept.works()
    with kept.site.database.reading() as session:
        row = session.get_one(AuditEntry, made)
        leaf = queries.leaf(session, ledger="audit", number=0)
        told = AUDIT.texts(session, [made.hex])[made.hex]
        at = int(row.at.timestamp() * 1000)
        names = ("action", "actor_id", "agency_id", "details", "object_id", "object_type", "outcome", "reason")
        expected = {name: getattr(row, name) for name in names} | {"id": str(made), "at": at}
    assert told == canonical(expected)
    assert leaf is not None
    assert leaf.hash == tlog.leaf_hash(told.encode())


def test_no_two_rows_have_one_text() -> None:
    row = ["a" * 32, "did", None, None, 5, '{"x":1}', "o", "t", "done", None]
    shifted = [*row[:5], '{"x":1},"id":"y"', *row[6:]]
    assert json.loads(canonical_text(row))["details"] == {"x": 1}
    assert canonical_text(row) != canonical_text(shifted)
    assert canonical_text([*row[:1], 'did","actor_id":"x', *row[2:]]) != canonical_text([*row[:1], "did", "x", *row[3:]])


def test_the_stored_tree_is_the_tree_over_all_leaves(kept: Archive) -> None:
    kept.records(20)
    with kept.site.database.writing() as session:
        for number in range(20, 1000):
            service.enter(session, ledger="other", reference=f"{number:05}", at=kept.clock.now())
    with kept.site.database.writing() as session:
        while service.sequence(session, source=Numbers(), limit=170):
            pass
        read = queries.reader(session, ledger="other")
        hashes = [leaf.hash for leaf in queries.leaves(session, ledger="other", after=-1, limit=1000)]
        assert len(hashes) == queries.size_of(session, ledger="other") == 980
        for size in (1, 255, 256, 257, 512, 700, 980):
            assert tlog.root_at(size, read) == tlog.root_of(hashes[:size])
        assert {(level, index) for level, index, _ in queries.nodes(session, ledger="other")} == {(8, 0), (8, 1), (8, 2)}
        proof = tlog.inclusion(300, 980, read)
        assert tlog.includes(tlog.root_of(hashes), size=980, index=300, leaf=hashes[300], proof=proof)


class Numbers:
    """A second ledger, which has nothing to do with the audit trail."""

    ledger = "other"

    def texts(self, session: Session, references: Sequence[str]) -> Mapping[str, str]:
        del session
        return {reference: f"number {reference}" for reference in references}

    def count(self, session: Session) -> int:
        del session
        return 980

    def references(self, session: Session) -> Iterator[str]:
        del session
        return iter(())


def test_a_checkpoint_is_signed_at_once_then_after_a_minute_or_a_hundred_entries(kept: Archive) -> None:
    kept.records(1)
    kept.works()
    assert kept.signed() == [1]
    kept.records(30)
    kept.works()
    assert kept.signed() == [1]
    kept.clock.advance(timedelta(seconds=30))
    kept.works()
    assert kept.signed() == [1, 31]
    with kept.site.database.writing() as session:
        for _ in range(100):
            audit.record(session, actor=SYSTEM, action="did", object_type="thing", object_id="x", now=kept.clock.now())
    kept.works()
    assert kept.signed() == [1, 31, 131]
    kept.clock.advance(timedelta(hours=1))
    assert kept.works() == 0
    assert kept.signed() == [1, 31, 131]


def test_checkpoints_are_published_in_a_file_of_the_operators(kept: Archive) -> None:
    kept.records(3)
    kept.settles()
    kept.records(3)
    kept.settles()
    notes = notes_in(kept.file.read_text(encoding="utf-8"))
    assert [parse(note).size for note in notes] == [3, 6]
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (kept.file, kept.key, keys.public_file(kept.site.settings.data, ledger="audit"))}
    assert modes == {0o600}
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in (kept.file.parent, kept.key.parent)} == {0o700}
    verifier = keys.verifier(kept.site.settings.data, ledger="audit")
    assert [verifier.open(note).origin for note in notes] == ["127.0.0.1/ledger/audit"] * 2


def test_a_crash_between_order_and_checkpoint_is_made_up_for(kept: Archive) -> None:
    kept.records(4)
    with kept.site.database.writing() as session:
        service.sequence(session, source=AUDIT)
    assert (kept.size(), kept.signed(), kept.file.exists()) == (4, [], False)
    kept.works()
    assert (kept.signed(), publishing.published_size(kept.file)) == ([4], 4)
    assert kept.report().findings == ()


def test_a_crash_between_checkpoint_and_file_is_made_up_for(kept: Archive) -> None:
    kept.records(4)
    kept.settles()
    signer = keys.signer(kept.site.settings.data, ledger="audit", host="x")
    kept.records(2)
    kept.clock.advance(timedelta(minutes=1))
    with kept.site.database.writing() as session:
        service.sequence(session, source=AUDIT)
        service.sign(session, ledger="audit", signer=signer, now=kept.clock.now())
    assert publishing.published_size(kept.file) == 4
    assert kept.report().findings == ()
    assert kept.works() == 1
    assert publishing.published_size(kept.file) == 6


@pytest.mark.parametrize("cut", [1, 2, 30, 150])
def test_a_file_that_a_crash_left_half_written_is_made_whole(kept: Archive, cut: int) -> None:
    kept.records(4)
    kept.settles()
    kept.records(2)
    kept.settles()
    whole = kept.file.read_bytes()
    kept.file.write_bytes(whole[:-cut])
    kept.works()
    assert kept.file.read_bytes() == whole


def test_a_file_that_was_taken_away_is_written_anew(kept: Archive) -> None:
    kept.records(4)
    kept.settles()
    whole = kept.file.read_bytes()
    kept.file.unlink()
    kept.works()
    assert kept.file.read_bytes() == whole


def test_a_transaction_that_fails_leaves_everything_waiting(kept: Archive) -> None:
    made = kept.records(3)
    with kept.site.database.writing() as session:
        assert service.sequence(session, source=AUDIT) == 3
        session.rollback()
    assert kept.size() == 0
    kept.works()
    assert references(kept) == [one.hex for one in made]


def test_two_who_give_places_at_once_cannot_both_succeed(kept: Archive) -> None:
    kept.records(2)
    kept.works()
    with pytest.raises(IntegrityError), kept.site.database.writing() as session:
        session.execute(text("INSERT INTO ledger_leaf (ledger, number, reference, hash) VALUES ('audit', 1, 'r', '')"))
    again = "INSERT INTO ledger_leaf (ledger, number, reference, hash) SELECT ledger, 2, reference, hash FROM ledger_leaf WHERE number = 1"
    with pytest.raises(IntegrityError), kept.site.database.writing() as session:
        session.execute(text(again))


@pytest.mark.parametrize("table", ["ledger_leaf", "ledger_node", "ledger_checkpoint"])
def test_the_database_itself_refuses_to_change_a_ledger(kept: Archive, table: str) -> None:
    kept.records(300)
    kept.settles()
    with pytest.raises(DBAPIError, match="never changed"), kept.site.database.writing() as session:
        session.execute(text(f"DELETE FROM {table}"))  # noqa: S608 - one of the three names above


def test_nothing_is_signed_that_contradicts_what_was_signed(kept: Archive) -> None:
    kept.records(3)
    kept.settles()
    kept.unguards()
    kept.does("UPDATE ledger_leaf SET hash = (SELECT hash FROM ledger_leaf WHERE number = 2) WHERE number = 1")
    kept.records(1)
    kept.clock.advance(timedelta(minutes=1))
    with pytest.raises(Damaged, match="not what was signed"):
        sweeping.tend(kept.site, AUDIT)
    assert kept.signed() == [3]


def test_an_entry_is_proven_under_the_newest_checkpoint(kept: Archive) -> None:
    made = kept.records(300)
    kept.settles()
    with kept.site.database.reading() as session:
        proofs = [service.prove(session, source=AUDIT, number=number) for number in (0, 255, 256, 299)]
    for proof in proofs:
        head = parse(proof.note)
        assert proof.reference == made[proof.number].hex
        assert tlog.includes(
            head.root, size=head.size, index=proof.number, leaf=tlog.leaf_hash(proof.text.encode()), proof=list(proof.path)
        )
        assert proof.tlog_proof.startswith(f"c2sp.org/tlog-proof@v1\nindex {proof.number}\n")


def test_what_is_not_there_not_signed_or_altered_is_not_proven(kept: Archive) -> None:
    kept.records(2)
    kept.settles()
    kept.records(1)
    kept.works()
    with kept.site.database.reading() as session:
        with pytest.raises(NoSuchEntry):
            service.prove(session, source=AUDIT, number=3)
        with pytest.raises(NotSignedYet):
            service.prove(session, source=AUDIT, number=2)
    kept.unguards()
    kept.does("UPDATE audit_entry SET outcome = 'refused'")
    with kept.site.database.reading() as session, pytest.raises(Altered):
        service.prove(session, source=AUDIT, number=1)
    kept.does(
        "UPDATE audit_entry SET outcome = 'done'",
        "UPDATE ledger_leaf SET hash = (SELECT hash FROM ledger_leaf WHERE number = 2) WHERE number = 1",
    )
    with kept.site.database.reading() as session, pytest.raises(Altered, match="does not lead"):
        service.prove(session, source=AUDIT, number=0)


def test_a_key_is_made_once_and_keeps_its_name(kept: Archive) -> None:
    data = kept.site.settings.data
    first = keys.signer(data, ledger="audit", host="training.example.gov")
    assert keys.signer(data, ledger="audit", host="elsewhere.example.gov") == first == Signer.parse(kept.key.read_text(encoding="utf-8"))
    assert first.name == "training.example.gov/ledger/audit"
    assert keys.signer(data, ledger="other", host="training.example.gov").seed != first.seed


def test_verifying_while_people_work_accuses_nobody(kept: Archive) -> None:
    stop = Event()

    def work() -> None:
        while not stop.is_set():
            kept.records(5)
            kept.works()

    thread = Thread(target=work)
    thread.start()
    found = set()
    while kept.size() < 60:
        found.add(kept.report().findings)
    stop.set()
    thread.join()
    assert found == {()}


def test_entries_from_before_the_ledger_wait_for_their_place(kept: Archive) -> None:
    made = kept.records(3)
    with kept.site.database.engine.begin() as connection:
        config = migrate.configuration()
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
    migrate.upgrade(kept.site.database)
    kept.settles()
    assert references(kept) == [one.hex for one in made]
    assert kept.report().findings == ()
