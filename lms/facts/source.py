"""The register of law as its authors write it: courses/facts.toml."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from lms.facts.faults import Fault
from lms.facts.located import Table, document

FILE = "facts.toml"
FIELDS = ("id", "citation", "statement", "status", "jurisdiction", "court", "source", "as_of", "review_by")


class Status(StrEnum):
    """Whether a statement may be taught and scored (settled), taught as unsettled (contested), or is wrong today (superseded)."""

    SETTLED = "settled"
    CONTESTED = "contested"
    SUPERSEDED = "superseded"


class Jurisdiction(StrEnum):
    """Where a statement holds."""

    FEDERAL = "federal"
    CIRCUIT = "circuit"
    STATE = "state"


class Origin(StrEnum):
    """How the statement is known: its text was read, it is well known, or it was reported."""

    PRIMARY = "primary"
    GENERAL = "general"
    SECONDARY = "secondary"


@dataclass(frozen=True, slots=True)
class Fact:
    """One entry of the register. `court` is empty for a statement that holds everywhere."""

    id: str
    citation: str
    statement: str
    status: Status
    jurisdiction: Jurisdiction
    court: str
    source: Origin
    as_of: date
    review_by: date

    def content(self) -> dict[str, str]:
        """The entry as it is stored and hashed, without its id."""
        return {
            "citation": self.citation,
            "statement": self.statement,
            "status": self.status.value,
            "jurisdiction": self.jurisdiction.value,
            "court": self.court,
            "source": self.source.value,
            "as_of": self.as_of.isoformat(),
            "review_by": self.review_by.isoformat(),
        }


Register = Mapping[str, Fact]


def register_in(folder: Path, *, today: date) -> tuple[Register, list[Fault]]:
    """The register of the courses folder `folder`, with its faults; empty, with a fault, where there is none."""
    path = folder / FILE
    if not path.is_file():
        return {}, [Fault(str(path), 1, "There is no register of law", f"add {FILE} at the top of the courses folder")]
    return register_from(path.read_text(encoding="utf-8"), path=str(path), today=today)


def register_from(text: str, *, path: str, today: date) -> tuple[Register, list[Fault]]:
    """The facts written in `text`; a faulty entry is left out and told."""
    read = document(text, path=path)
    faults = list(read.faults)
    facts: dict[str, Fact] = {}
    first: dict[str, int] = {}
    for table in read.called("fact"):
        fact, found = _fact(table, path=path, today=today)
        faults.extend(found)
        if fact is None:
            continue
        if fact.id in first:
            faults.append(
                Fault(path, table.line, f"The id {fact.id} is used twice (first on line {first[fact.id]})", "give it an id of its own")
            )
            continue
        facts[fact.id] = fact
        first[fact.id] = table.line
    if not read.tables:
        faults.append(Fault(path, 1, "The register holds no facts", "write each one under [[fact]]"))
    return facts, faults


def _fact(table: Table, *, path: str, today: date) -> tuple[Fact | None, list[Fault]]:
    fields = table.fields("fact", path)
    fields.expect(FIELDS)
    identity, citation, statement = fields.permanent_id(), fields.text("citation"), fields.text("statement")
    status = fields.one_of("status", Status)
    jurisdiction = fields.one_of("jurisdiction", Jurisdiction)
    source = fields.one_of("source", Origin)
    as_of, review_by = fields.past_day("as_of", today), fields.day("review_by")
    court = str(fields.values.get("court", ""))
    if jurisdiction and (jurisdiction == Jurisdiction.FEDERAL) == bool(court):
        fields.fault(
            "court", "The court does not go with the jurisdiction", "name the court for circuit and state, leave it empty for federal"
        )
    if fields.faults or as_of is None or review_by is None:
        return None, fields.faults
    if review_by < today:
        late = f"{identity} was to be reviewed by {review_by}"
        fields.faults.append(
            Fault(path, fields.line_of("review_by"), late, "look at it again, then move as_of and review_by", warning=True)
        )
    return (
        Fact(identity, citation, statement, Status(status), Jurisdiction(jurisdiction), court, Origin(source), as_of, review_by),
        fields.faults,
    )


def fact_from(identity: str, content: Mapping[str, str]) -> Fact:
    """The fact whose stored content is `content`."""
    return Fact(
        id=identity,
        citation=content["citation"],
        statement=content["statement"],
        status=Status(content["status"]),
        jurisdiction=Jurisdiction(content["jurisdiction"]),
        court=content["court"],
        source=Origin(content["source"]),
        as_of=date.fromisoformat(content["as_of"]),
        review_by=date.fromisoformat(content["review_by"]),
    )
