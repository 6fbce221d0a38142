"""Every way in which somebody with all rights on the database could change the past is found, and an untouched ledger never accused."""

# ruff: noqa: S608 - the tables, columns and numbers are our own

import base64
import re
import secrets
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import FunctionType

import pytest
from sqlalchemy import text

from lms.audit.entries import AUDIT
from lms.ledger import keys, publishing, queries, tlog
from lms.ledger.checkpoint import Signer
from lms.ledger.queries import Signed
from tests.ledger.seals import Archive

PLACED, SIGNED = 280, 276
"""Entries with a place, and how many of them are signed; one more waits."""


@pytest.fixture
def old(kept: Archive) -> Archive:
    """A ledger of some age, whose checkpoints its operator has copied elsewhere."""
    for count in (20, 130, SIGNED - 150):
        kept.records_at_once(count)
        kept.settles()
    shutil.copy(kept.file, elsewhere(kept))
    kept.records_at_once(PLACED - SIGNED)
    kept.works()
    kept.records(1)
    return kept


def elsewhere(kept: Archive) -> Path:
    return kept.site.settings.data.parent / "copied.txt"


HEX = "replace(CAST(id AS VARCHAR), '-', '')"
"""SQL for an entry's id as the ledger writes it, on both databases."""


def entry(number: int) -> str:
    """SQL for the id of the entry at an index."""
    return f"(SELECT id FROM audit_entry WHERE {HEX} = (SELECT reference FROM ledger_leaf WHERE number = {number}))"


def changes(column: str, value: str, number: int = 40) -> Callable[[Archive], None]:
    def tamper(old: Archive) -> None:
        old.does(f"UPDATE audit_entry SET {column} = {value} WHERE id = {entry(number)}")

    return tamper


def does(*statements: str) -> Callable[[Archive], None]:
    def tamper(old: Archive) -> None:
        old.does(*statements)

    return tamper


COPY = "INSERT INTO audit_entry (id, at, actor_id, action, object_type, object_id, agency_id, reason, outcome, details) SELECT "
REST = ", at, actor_id, action, object_type, object_id, agency_id, reason, outcome, details FROM audit_entry WHERE id = "
NEW = "'0123456789abcdef0123456789abcdef'"


def inserts_an_entry_in_the_middle(old: Archive) -> None:
    as_id = NEW if old.site.database.sqlite else f"CAST({NEW} AS uuid)"
    old.does(
        f"{COPY}{as_id}{REST}{entry(40)}",
        "UPDATE ledger_leaf SET number = number + 10001 WHERE number > 40",
        "UPDATE ledger_leaf SET number = number - 10000 WHERE number > 10000",
        f"INSERT INTO ledger_leaf (ledger, number, reference, hash) SELECT ledger, 41, {NEW}, hash FROM ledger_leaf WHERE number = 40",
    )
    makes_it_fit(old)


def inserts_an_entry_beside_the_ledger(old: Archive) -> None:
    as_id = NEW if old.site.database.sqlite else f"CAST({NEW} AS uuid)"
    old.does(f"{COPY}{as_id}{REST}{entry(40)}")


def inserts_one_and_deletes_one(old: Archive) -> None:
    inserts_an_entry_beside_the_ledger(old)
    old.does(f"DELETE FROM audit_entry WHERE id = {entry(41)}")


def removes_an_entry_and_closes_the_gap(old: Archive) -> None:
    old.does(
        f"DELETE FROM audit_entry WHERE id = {entry(40)}",
        "DELETE FROM ledger_leaf WHERE number = 40",
        "UPDATE ledger_leaf SET number = number + 9999 WHERE number > 40",
        "UPDATE ledger_leaf SET number = number - 10000 WHERE number > 9999",
    )
    makes_it_fit(old)


def exchanges_the_places_of_two_entries(old: Archive) -> None:
    old.does(*(f"UPDATE ledger_leaf SET number = {to} WHERE number = {was}" for was, to in ((40, 9999), (41, 40), (9999, 41))))
    makes_it_fit(old)


def exchanges_what_two_entries_say(old: Archive) -> None:
    with old.site.database.reading() as session:
        first, second = (session.scalar(text(f"SELECT object_id FROM audit_entry WHERE id = {entry(number)}")) for number in (40, 41))
    old.does(
        f"UPDATE audit_entry SET object_id = '{second}' WHERE id = {entry(40)}",
        f"UPDATE audit_entry SET object_id = '{first}' WHERE id = {entry(41)}",
    )


def alters_an_entry_and_every_hash(old: Archive) -> None:
    changes("reason", "'nothing'")(old)
    makes_it_fit(old)


def alters_an_entry_that_is_not_signed_yet(old: Archive) -> None:
    changes("reason", "'nothing'", SIGNED + 1)(old)


def makes_it_fit(old: Archive) -> None:
    """Compute leaves and subtrees anew from the entries as they now are, as a clever forger would."""
    with old.site.database.reading() as session:
        leaves = queries.leaves(session, ledger="audit", after=-1, limit=1000)
        texts = AUDIT.texts(session, [leaf.reference for leaf in leaves])
    hashes = [tlog.leaf_hash(texts[leaf.reference].encode()) for leaf in leaves]
    for leaf, found in zip(leaves, hashes, strict=True):
        if leaf.hash != found:
            old.does("UPDATE ledger_leaf SET hash = :hash WHERE number = :number", hash=found, number=leaf.number)
    old.does("UPDATE ledger_node SET hash = :hash", hash=tlog.root_of(hashes[:256]))


def signs_everything_anew(old: Archive, signer: Signer) -> None:
    """Sign the tree as it now is at every size that was signed, in the table and in the file."""
    with old.site.database.reading() as session:
        hashes = [leaf.hash for leaf in queries.leaves(session, ledger="audit", after=-1, limit=1000)]
        signed = queries.checkpoints(session, ledger="audit")
    made = []
    for one in signed:
        root = tlog.root_of(hashes[: one.size])
        made.append(Signed(one.size, root, signer.sign(size=one.size, root=root), one.at))
        change = "UPDATE ledger_checkpoint SET root = :root, note = :note WHERE size = :size"
        old.does(change, root=root, note=made[-1].note, size=one.size)
    old.file.unlink(missing_ok=True)
    publishing.publish(old.file, made)


def rewrites_history_with_the_stolen_key(old: Archive) -> None:
    alters_an_entry_and_every_hash(old)
    signs_everything_anew(old, old.signer)


def rewrites_history_with_another_key(old: Archive) -> None:
    alters_an_entry_and_every_hash(old)
    changes_the_key(old)


def changes_the_key(old: Archive) -> None:
    """Put another key in place of the installation's own and sign everything with it."""
    other = Signer(old.signer.name, secrets.token_bytes(32))
    old.key.write_text(f"{other}\n", encoding="utf-8")
    keys.public_file(old.site.settings.data, ledger="audit").write_text(f"{other.verifier}\n", encoding="utf-8")
    signs_everything_anew(old, other)


def changes_the_public_key_alone(old: Archive) -> None:
    other = Signer(old.signer.name, secrets.token_bytes(32))
    keys.public_file(old.site.settings.data, ledger="audit").write_text(f"{other.verifier}\n", encoding="utf-8")


def takes_the_public_key_away(old: Archive) -> None:
    keys.public_file(old.site.settings.data, ledger="audit").unlink()


def rolls_back(old: Archive) -> None:
    """Make the newest hundred and thirty entries never to have been."""
    ids = "SELECT reference FROM ledger_leaf WHERE number >= 150"
    old.does(
        f"DELETE FROM audit_entry WHERE {HEX} IN ({ids})",
        "DELETE FROM ledger_leaf WHERE number >= 150",
        "DELETE FROM ledger_node",
        "DELETE FROM ledger_checkpoint WHERE size > 150",
    )


def rolls_back_with_the_file(old: Archive) -> None:
    rolls_back(old)
    old.file.unlink()
    old.works()


def rolls_back_and_goes_on(old: Archive) -> None:
    rolls_back_with_the_file(old)
    old.records_at_once(200)
    old.settles()


def forges_a_checkpoint(old: Archive) -> None:
    root = base64.b64encode(bytes(32)).decode()
    old.does("DELETE FROM ledger_checkpoint WHERE size = 150")
    note = f"{old.signer.name}\n150\n{root}\n\n— {old.signer.name} {base64.b64encode(old.signer.verifier.id + bytes(64)).decode()}\n"
    add = "INSERT INTO ledger_checkpoint (ledger, size, root, note, at) VALUES ('audit', 150, :root, :note, 0)"
    old.does(add, root=bytes(32), note=note)


def writes_nonsense_for_a_checkpoint(old: Archive) -> None:
    old.does("UPDATE ledger_checkpoint SET note = 'nonsense' WHERE size = 150")


def signs_another_tree_with_the_stolen_key(old: Archive) -> None:
    note = old.signer.sign(size=278, root=bytes(32))
    add = "INSERT INTO ledger_checkpoint (ledger, size, root, note, at) VALUES ('audit', 278, :root, :note, 0)"
    old.does(add, root=bytes(32), note=note)


def edits_the_published_file(old: Archive) -> None:
    content = old.file.read_text(encoding="utf-8")
    old.file.write_text(re.sub(r"(?m)^150$", "151", content), encoding="utf-8")


def writes_into_the_published_file(old: Archive) -> None:
    with old.file.open("a", encoding="utf-8") as file:
        file.write("nothing to see here\n")


def counts_an_entry_twice(old: Archive) -> None:
    if old.site.database.sqlite:
        old.does("CREATE TABLE copied AS SELECT * FROM ledger_leaf", "DROP TABLE ledger_leaf", "ALTER TABLE copied RENAME TO ledger_leaf")
    else:
        old.does("ALTER TABLE ledger_leaf DROP CONSTRAINT uq_ledger_leaf_ledger")
    columns = f"ledger, {PLACED}, reference, hash"
    old.does(f"INSERT INTO ledger_leaf (ledger, number, reference, hash) SELECT {columns} FROM ledger_leaf WHERE number = 40")


def lets_a_placed_entry_wait_again(old: Archive) -> None:
    old.does("INSERT INTO ledger_waiting (ledger, reference, at) SELECT ledger, reference, 0 FROM ledger_leaf WHERE number = 40")


WAITING = f"(SELECT id FROM audit_entry WHERE {HEX} = (SELECT reference FROM ledger_waiting))"
TAMPERING: dict[str, tuple[Callable[[Archive], None], str]] = {
    "the action of an entry": (changes("action", "'closed a class'"), "Entry 40 .* was altered"),
    "the person of an entry": (changes("actor_id", NEW), "Entry 40 .* was altered"),
    "the moment of an entry": (changes("at", "at - 86400000"), "Entry 40 .* was altered"),
    "the agency of an entry": (changes("agency_id", NEW), "Entry 40 .* was altered"),
    "the outcome of an entry": (changes("outcome", "'refused'"), "Entry 40 .* was altered"),
    "the reason of an entry": (changes("reason", "''"), "Entry 40 .* was altered"),
    "the details of an entry": (changes("details", "'{\"a\": 1}'"), "Entry 40 .* was altered"),
    "the writing of the details": (changes("details", "'{ }'"), "Entry 40 .* was altered"),
    "the object of an entry": (changes("object_id", "'another'"), "Entry 40 .* was altered"),
    "the id of an entry": (changes("id", NEW), "Entry 40 .* was deleted"),
    "an entry that is not signed yet": (alters_an_entry_that_is_not_signed_yet, "Entry 277 .* was altered"),
    "what two entries say": (exchanges_what_two_entries_say, "Entry 41 .* was altered"),
    "an entry and every hash": (alters_an_entry_and_every_hash, "The first 150 entries are not those that were signed"),
    "an entry, deleted": (does(f"DELETE FROM audit_entry WHERE id = {entry(40)}"), "Entry 40 .* was deleted"),
    "an entry, deleted before it had a place": (
        does(f"DELETE FROM audit_entry WHERE id = {WAITING}"),
        "was deleted before it got its place",
    ),
    "an entry, removed without a gap": (removes_an_entry_and_closes_the_gap, "The first 150 entries are not those"),
    "a leaf, deleted": (does("DELETE FROM ledger_leaf WHERE number = 40"), "no entries from index 40 to 40"),
    "an entry, inserted in the middle": (inserts_an_entry_in_the_middle, "The first 150 entries are not those"),
    "an entry, inserted beside the ledger": (inserts_an_entry_beside_the_ledger, "inserted beside the ledger"),
    "one inserted, one deleted": (inserts_one_and_deletes_one, "Entry 41 .* was deleted"),
    "an entry, kept from the ledger": (does("DELETE FROM ledger_waiting"), "inserted beside the ledger"),
    "an entry, counted twice": (counts_an_entry_twice, "more than once"),
    "an entry, placed twice": (lets_a_placed_entry_wait_again, "waits for a place that it has already"),
    "the order of two entries": (exchanges_the_places_of_two_entries, "The first 150 entries are not those"),
    "a leaf that points to another entry": (
        does("UPDATE ledger_leaf SET reference = 'x' WHERE number = 40"),
        "Entry 40 .* was deleted",
    ),
    "a subtree": (does("UPDATE ledger_node SET hash = (SELECT hash FROM ledger_leaf WHERE number = 1)"), "stored tree is wrong at level 8"),
    "a subtree, deleted": (does("DELETE FROM ledger_node"), "stored tree is wrong at level 8, place 0"),
    "a subtree, added": (
        does("INSERT INTO ledger_node (ledger, level, number, hash) SELECT 'audit', 16, 0, hash FROM ledger_node"),
        "hash at level 16, place 0, that no entries give",
    ),
    "the newest entries, rolled back": (rolls_back, "rolled back: it has 150 entries, and 276 were signed. .*audit.txt"),
    "the newest entries, with the file": (rolls_back_with_the_file, "rolled back: it has 151 entries, and 276 were signed. .*copied.txt"),
    "another end of history": (rolls_back_and_goes_on, "The first 276 entries are not those that were signed.*copied.txt"),
    "a checkpoint, forged": (forges_a_checkpoint, "The signature on the checkpoint of 150 entries is false"),
    "a checkpoint of nonsense": (writes_nonsense_for_a_checkpoint, "The stored checkpoint of 150 entries cannot be read"),
    "a checkpoint, deleted": (does("DELETE FROM ledger_checkpoint WHERE size = 150"), "not among the stored checkpoints any more"),
    "a checkpoint's columns": (does("UPDATE ledger_checkpoint SET size = 149 WHERE size = 150"), "says something else than its note"),
    "another tree, signed with the stolen key": (signs_another_tree_with_the_stolen_key, "The first 278 entries are not those"),
    "history, signed with the stolen key": (rewrites_history_with_the_stolen_key, "The first 150 entries are not those .*copied.txt"),
    "history, signed with another key": (rewrites_history_with_another_key, "copied.txt is forged, or the key was changed"),
    "the key": (changes_the_key, "copied.txt is forged, or the key was changed"),
    "the public key": (changes_the_public_key_alone, "is forged, or the key was changed"),
    "the public key, taken away": (takes_the_public_key_away, "public key is missing"),
    "the published file": (edits_the_published_file, "is forged, or the key was changed"),
    "words in the published file": (writes_into_the_published_file, "cannot be read"),
}


@pytest.mark.parametrize("what", TAMPERING)
def test_tampering_is_found(old: Archive, what: str) -> None:
    tamper, expected = TAMPERING[what]
    old.unguards()
    tamper(old)
    findings = old.report(elsewhere(old)).findings
    assert [finding for finding in findings if re.search(expected, finding, re.DOTALL)], findings


def test_no_two_of_these_are_the_same_deed() -> None:
    assert len(TAMPERING) >= 40
    assert len({expected for _, expected in TAMPERING.values()}) >= 20
    assert all(isinstance(tamper, FunctionType) for tamper, _ in TAMPERING.values())


def test_an_untouched_ledger_is_never_accused(kept: Archive) -> None:
    assert kept.report().findings == ()
    for count in (1, 3, 50, 99, 100, 101, 255, 1):
        kept.records_at_once(count)
        assert kept.report().findings == ()
        kept.works()
        assert kept.report().findings == ()
        kept.clock.advance(timedelta(seconds=61))
        kept.works()
        report = kept.report(kept.file)
        assert (report.findings, report.waiting) == ((), 0)
    assert report.size == 610


def test_an_old_copy_of_the_checkpoints_still_fits(old: Archive) -> None:
    old.records_at_once(50)
    old.settles()
    report = old.report(elsewhere(old))
    assert report.findings == ()
    assert (report.size, report.checkpoints, report.waiting) == (PLACED + 51, 4, 0)


def test_many_findings_of_one_kind_are_counted(old: Archive) -> None:
    old.unguards()
    old.does("UPDATE audit_entry SET outcome = 'refused'")
    findings = old.report().findings
    assert len(findings) == 21
    assert findings[-1] == f"And {PLACED - 20} more of this kind: altered."
