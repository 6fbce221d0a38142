"""What became of the answers that were acknowledged while something failed, and the table of it."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from http.client import HTTPException

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.exams import queries
from lms.exams.models import Step
from lms.exams.rules import AnswerState, Kind
from tests.support.crashes import Desk, is_sound, lost_answers, opened
from tests.support.pages import parsed

PATIENCE = 30.0
"""Seconds in which the site must show a page again."""
HEADINGS = ("Fault", "times", "acknowledged", "lost", "doubled", "untrue", "refused: why")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found after one kind of fault. `untrue`: pages that show another answer than the one that is stored."""

    fault: str
    times: int
    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    untrue: int = 0
    refused: str = ""

    @property
    def holds(self) -> bool:
        """Whether nothing was lost, doubled or told wrongly, and there was something to lose."""
        return self.acknowledged > 0 and (self.lost, self.doubled, self.untrue) == (0, 0, 0)


def reckoned(fault: str, times: int, *, address: str, desks: Sequence[Desk]) -> Outcome:
    """Compare what the officers were told with what is stored. The officers have stopped, and the site is up."""
    told = [failure for desk in desks for failure in desk.failures]
    assert told == []
    with opened(address) as session:
        lost = len(lost_answers(session, desks))
        doubled = sum(_doubled(session, desk) for desk in desks)
        untrue = sum(_untrue(session, desk) for desk in desks)
        assert all(is_sound(session, desk.examinee.attempt_id) for desk in desks)
    for desk in desks:
        desk.wire.close()
    return Outcome(fault, times, sum(len(desk.receipts) for desk in desks), lost, doubled, untrue)


def _doubled(session: Session, desk: Desk) -> int:
    """Changes that stand more than once in the chain of an attempt: by their key, or by the question and its revision."""
    steps = select(Step.key, Step.payload).where(Step.attempt_id == desk.examinee.attempt_id, Step.kind == Kind.ANSWERED)
    keys, changes = Counter[str](), Counter[tuple[int, int]]()
    for key, payload in session.execute(steps):
        keys[key] += 1
        changes[payload["position"], payload["revision"]] += 1
    return max(keys.total() - len(keys), changes.total() - len(changes))


def _untrue(session: Session, desk: Desk) -> int:
    stored = queries.answers_of(session, attempt_id=desk.examinee.attempt_id)
    return sum(_shown(desk, position) != _of(stored.get(position, AnswerState())) for position in desk.examinee.choices)


def _of(answer: AnswerState) -> tuple[str | None, bool, int]:
    return answer.response, answer.flagged, answer.revision


def _shown(desk: Desk, position: int) -> tuple[str | None, bool, int]:
    """The answer, flag and revision that the officer's page of a question shows."""
    page = parsed(_page(desk, position))
    checked = [one.attributes for one in page.all("input") if "checked" in one.attributes]
    choice = next((one["value"] for one in checked if one.get("name") == "choice"), None)
    return choice, any(one.get("name") == "flagged" for one in checked), int(page.hidden("revision") or 0)


def _page(desk: Desk, position: int) -> str:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return desk.wire.opens(f"/attempts/{desk.examinee.attempt_id}/questions/{position}").text
        except (OSError, HTTPException):
            if time.monotonic() > until:
                raise
            desk.wire.close()
            time.sleep(0.1)


def table(outcomes: Sequence[Outcome]) -> str:
    """The outcomes in columns."""
    rows = [HEADINGS, *(tuple(str(cell) for cell in astuple(one)) for one in outcomes)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)
