"""What the ledger costs: `python -m tests.bench.ledger 100000` gives so many entries a place, then verifies them all."""

import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlalchemy import insert

from lms.audit.entries import AUDIT
from lms.audit.models import AuditEntry
from lms.db import migrate
from lms.db.session import Database
from lms.kernel.clock import FrozenClock
from lms.kernel.ids import new_id
from lms.ledger import service
from lms.ledger.models import LedgerWaiting
from tests.ledger.seals import Archive, archive

BATCH = 5000


def main(count: int) -> None:
    """Measure on a fresh SQLite database and print."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/lms.db")
        migrate.upgrade(database)
        kept = archive(database, FrozenClock(datetime(2026, 11, 22, 12, 0, tzinfo=UTC)), Path(folder) / "data")
        for start in range(0, count, BATCH):
            _fill(kept, min(BATCH, count - start))
        _measure(kept, count)
        database.close()


def _fill(kept: Archive, count: int) -> None:
    same = {"action": "enrolled an officer", "object_type": "enrollment", "reason": None, "outcome": "done"}
    rows: list[dict[str, Any]] = [
        {
            "id": new_id(),
            "at": kept.clock.advance(timedelta(milliseconds=700)),
            "actor_id": new_id(),
            "agency_id": new_id(),
            "object_id": str(new_id()),
            "details": {"offering": str(new_id()), "officer": str(new_id())},
            **same,
        }
        for _ in range(count)
    ]
    with kept.site.database.writing() as session:
        session.execute(insert(AuditEntry), rows)
        session.execute(insert(LedgerWaiting), [{"ledger": "audit", "reference": row["id"].hex, "at": row["at"]} for row in rows])


def _measure(kept: Archive, count: int) -> None:
    started = perf_counter()
    while kept.works():
        pass
    placed, started = perf_counter() - started, perf_counter()
    findings = kept.report().findings
    verified, started = perf_counter() - started, perf_counter()
    with kept.site.database.reading() as session:
        service.prove(session, source=AUDIT, number=count // 3)
    proven = perf_counter() - started
    sys.stdout.write(
        f"{count} entries: {count / placed:,.0f} placed and signed a second, {count / verified:,.0f} verified a second "
        f"({len(findings)} findings), {proven * 1000:.1f} ms for a proof\n"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
