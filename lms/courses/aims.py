"""What an exam may ask of its papers beyond the number of questions: difficulty, exposure, questions to be tried out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from lms.facts.fields import Fields
from lms.facts.located import Table
from lms.facts.standing import Counted

KEYS: Final = ("pilots", "right_share", "difficulty", "exposure")
LEVELS: Final = ("easy", "medium", "hard")
EXPOSURE_KEYS: Final = ("papers", "most")
MOST_PAPERS: Final = 1000
WHOLE: Final = 1000


@dataclass(frozen=True, slots=True)
class Aims:
    """Shares in thousandths. `difficulty`: of each level; `right_share`: of right answers to expect; `most` of the newest `papers`."""

    difficulty: Mapping[str, int] = field(default_factory=dict)
    right_share: int | None = None
    pilots: int = 0
    papers: int = 0
    most: int = WHOLE
    lines: Mapping[str, int] = field(default_factory=dict)

    def content(self) -> dict[str, Any]:
        """What the manifest says of it: nothing of what the exam does not ask for, so that other courses keep their names."""
        asked = {
            "difficulty": dict(self.difficulty),
            "right_share": self.right_share,
            "pilots": self.pilots,
            "exposure": {"papers": self.papers, "most": self.most} if self.papers else {},
        }
        return {key: value for key, value in asked.items() if value}


NO_AIMS: Final = Aims()


def aims_from(table: Table, fields: Fields) -> Aims:
    """The aims of the exam in `table`; what is wrong becomes faults of `fields`."""
    right_share = fields.thousandths("right_share", WHOLE)
    if right_share == 0:
        fields.fault("right_share", "A paper of which nothing is answered rightly is no aim", 'write a share such as "0.75"')
    pilots = fields.whole("pilots") if "pilots" in fields.values else 0
    difficulty = _difficulty(table, fields) if "difficulty" in fields.values else {}
    papers, most = _exposure(table, fields) if "exposure" in fields.values else (0, WHOLE)
    lines = {key: inner[0].line for key in ("difficulty", "exposure") if (inner := table.nested.get(key))}
    return Aims(difficulty, right_share, pilots, papers, most, {**fields.lines, **lines})


def _inner(table: Table, fields: Fields, key: str, sample: str) -> Fields | None:
    nested = table.nested.get(key, ())
    if not nested or not nested[0].values:
        fields.fault(key, f"`{key}` is no table with something in it", f"write [exam.{key}] and below it {sample}")
        return None
    return nested[0].fields(f"{key} of an exam", fields.path)


def _difficulty(table: Table, fields: Fields) -> dict[str, int]:
    inner = _inner(table, fields, "difficulty", 'easy = "0.3", medium = "0.5", hard = "0.2"')
    if inner is None:
        return {}
    inner.expect(LEVELS)
    shares = {one: inner.thousandths(one, WHOLE) or 0 for one in LEVELS}
    if not inner.faults and sum(shares.values()) != WHOLE:
        inner.fault("", f"The shares of easy, medium and hard add up to {sum(shares.values()) / WHOLE:g}", "make them add up to 1")
    fields.faults.extend(inner.faults)
    return shares


def _exposure(table: Table, fields: Fields) -> tuple[int, int]:
    inner = _inner(table, fields, "exposure", 'papers = 100 and most = "0.5"')
    if inner is None:
        return 0, WHOLE
    inner.expect(EXPOSURE_KEYS)
    papers, most = inner.whole("papers", 1), inner.thousandths("most", WHOLE)
    if papers > MOST_PAPERS:
        inner.fault("papers", f"`papers` is {papers}", f"look at the newest {MOST_PAPERS} papers at most")
    fields.faults.extend(inner.faults)
    return papers, WHOLE if most is None else most


# --- Against the bank ---

Told = tuple[str, bool, str, str]
"""The key whose line it is, whether it only warns, what is wrong and what to do."""


def against_bank(aims: Aims, specification: Mapping[str, int], bank: Counted, name: str) -> Iterator[Told]:
    """What the bank cannot give. Objectives with too few questions are told elsewhere."""
    pilots = sum(bank.pilots[objective] for objective in specification)
    if pilots < aims.pilots:
        what = f"{aims.pilots} questions are to be tried out, and bank {name} has {pilots} for the objectives of the exam"
        yield "pilots", False, what, "mark more questions with `pilot = true`, or try out fewer"
    for objective, count in specification.items():
        there = bank[objective]
        if aims.papers and there and count * WHOLE > aims.most * there:
            what = f"{count} of {there} questions on {objective} make each stand in {count * WHOLE // there / WHOLE:g} of the papers"
            yield "exposure", False, f"{what} at least, and {aims.most / WHOLE:g} is allowed", "write more questions, or allow more"
    for one, share in aims.difficulty.items():
        wanted = (share * sum(specification.values()) + WHOLE // 2) // WHOLE
        most = sum(min(count, bank.levels[objective, one]) for objective, count in specification.items())
        if most < wanted:
            what = f"{wanted} questions are to be {one}, and by their authors' guesses a paper can hold {most} from bank {name}"
            yield "difficulty", True, what, "write more of them, or ask for fewer; papers come as near as they can"
