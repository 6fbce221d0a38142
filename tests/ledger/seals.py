"""An installation with an audit trail under its ledger, on any database, and ways of tampering with it as its administrator could."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from lms.accounts.rules import SYSTEM
from lms.app import open_site
from lms.audit import service as audit
from lms.audit.entries import AUDIT
from lms.audit.sweeps import seal_audit_trail
from lms.db.blobs import MemoryBlobs
from lms.db.session import Database
from lms.kernel.clock import FrozenClock
from lms.ledger import commands, keys, publishing, queries
from lms.ledger.checkpoint import Signer
from lms.ledger.verifying import Report
from lms.settings import Settings
from lms.web.site import Site

GUARDED = ("audit_entry", "ledger_leaf", "ledger_node", "ledger_checkpoint")


@dataclass(frozen=True, slots=True)
class Archive:
    """The installation and its clock."""

    site: Site
    clock: FrozenClock

    @property
    def file(self) -> Path:
        """The published checkpoints."""
        return publishing.file_of(self.site.settings.data, ledger="audit")

    @property
    def key(self) -> Path:
        """The private key."""
        return self.site.settings.data / keys.FOLDER / "audit.key"

    @property
    def signer(self) -> Signer:
        """The key itself, as a thief would have it."""
        return Signer.parse(self.key.read_text(encoding="utf-8"))

    def records(self, count: int, *, action: str = "opened a class", reason: str | None = None) -> list[uuid.UUID]:
        """So many acts, a second apart, each in its own transaction."""
        made = []
        for number in range(count):
            with self.site.database.writing() as session:
                entry = audit.record(
                    session,
                    actor=SYSTEM,
                    action=action,
                    object_type="offering",
                    object_id=f"class {number}",
                    reason=reason,
                    details={"number": number, "word": "naïve €"},
                    now=self.clock.advance(timedelta(seconds=1)),
                )
                made.append(entry.id)
        return made

    def records_at_once(self, count: int) -> None:
        """So many acts in one transaction."""
        with self.site.database.writing() as session:
            for number in range(count):
                now = self.clock.advance(timedelta(seconds=1))
                audit.record(session, actor=SYSTEM, action="enrolled an officer", object_type="class", object_id=number, now=now)

    def works(self) -> int:
        """One round of the ledger's periodic work."""
        return seal_audit_trail(self.site)

    def settles(self) -> None:
        """A minute later, everything recorded is signed."""
        self.clock.advance(timedelta(minutes=1))
        while self.works():
            pass

    def report(self, file: Path | None = None) -> Report:
        """What `lms ledger verify` finds."""
        return commands.checked(self.site, AUDIT, file)

    def size(self) -> int:
        """How many entries have their place."""
        with self.site.database.reading() as session:
            return queries.size_of(session, ledger="audit")

    def signed(self) -> list[int]:
        """The sizes of the stored checkpoints."""
        with self.site.database.reading() as session:
            return [one.size for one in queries.checkpoints(session, ledger="audit")]

    def unguards(self) -> None:
        """Take the triggers away, as somebody with every right on the database would."""
        sqlite = self.site.database.sqlite
        for table in GUARDED:
            names = [f"{table}_no_{verb}" for verb in (("update", "delete") if sqlite else ("change", "truncate"))]
            self.does(*(f'DROP TRIGGER "{name}"' + ("" if sqlite else f" ON {table}") for name in names))

    def does(self, *statements: str, **values: object) -> None:
        """Run SQL directly."""
        with self.site.database.engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement), values)


def archive(database: Database, clock: FrozenClock, data: Path) -> Archive:
    """An installation on `database` that has its data in `data`."""
    settings = Settings(data=data, compress=False)
    return Archive(open_site(settings, clock=clock, database=database, blobs=MemoryBlobs()), clock)
