"""Which notices a move of an authorization or a complaint makes due, and when their clocks have run, in the agency's time zone. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from lms.agencies.clocks import days_later, ends_at
from lms.agencies.rule_sets import Notice, RuleSet
from lms.authorizations.rules import FINAL, MoveKind, Reason

RESULT_FROM_RECEIPT: Final = frozenset({"TFM"})
"""Models whose clock of a complaint's result runs from its receipt; in the others it runs from the resolution (R-21)."""


class NoticeKind(StrEnum):
    """What is to be told or done."""

    OTHER_PARTY = "other party"
    LEAVER = "leaver"
    ROSTER = "empty roster"
    COMPLAINT = "complaint"
    RESULT = "complaint result"


@dataclass(frozen=True, slots=True)
class Due:
    """A notice with its clock. `given_at` is set where giving it is what brought it about."""

    kind: NoticeKind
    label: str
    source: str
    starts_at: datetime
    due_at: datetime
    given_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """A move with what decides about its notices. `empties_roster`: no other officer is authorized under the agreement."""

    kind: MoveKind
    reason: Reason
    effective_at: datetime
    empties_roster: bool


def due_after_move(moved: Moved, *, rule_set: RuleSet, zone: str, now: datetime) -> list[Due]:
    """The notices that a move makes due (R-19, R-22)."""
    if moved.kind not in FINAL:
        return []
    found = [_to_other_party(moved, rule_set, zone), _of_leaver(moved, rule_set, zone, now), _of_roster(moved, rule_set)]
    return [due for due in found if due is not None]


def _to_other_party(moved: Moved, rule_set: RuleSet, zone: str) -> Due | None:
    notice = rule_set.notice("revocation")
    return None if notice is None else _from(notice, NoticeKind.OTHER_PARTY, moved.effective_at, zone)


def _of_leaver(moved: Moved, rule_set: RuleSet, zone: str, now: datetime) -> Due | None:
    """The agency's notice, which had to come so many days before the officer leaves."""
    notice = rule_set.notice("leaver")
    if notice is None or moved.reason is not Reason.LEFT:
        return None
    due_at = days_later(moved.effective_at, days=-notice.days, zone=zone)
    return Due(NoticeKind.LEAVER, notice.label, notice.source, due_at, due_at, given_at=now)


def _of_roster(moved: Moved, rule_set: RuleSet) -> Due | None:
    """Under the Jail Enforcement Model an empty roster leads to suspending or ending the agreement (R-18)."""
    if rule_set.model != "JEM" or not moved.empties_roster:
        return None
    label = "No officer is authorized under the agreement any more: begin to suspend or end the agreement, by its notices"
    source = "JEM agreement, on revocation: an empty roster takes the steps of suspension and termination; R-18"
    return Due(NoticeKind.ROSTER, label, source, moved.effective_at, moved.effective_at)


def _from(notice: Notice, kind: NoticeKind, starts_at: datetime, zone: str) -> Due:
    return Due(kind, notice.label, notice.source, starts_at, ends_at(notice, starts_at=starts_at, zone=zone))


def due_after_complaint(*, received_at: datetime, rule_set: RuleSet, zone: str) -> list[Due]:
    """The notices that the receipt of a complaint makes due (R-21)."""
    telling, result = rule_set.notice("complaint"), rule_set.notice("complaint-result")
    found = [_from(telling, NoticeKind.COMPLAINT, received_at, zone)] if telling else []
    if result is not None and rule_set.model in RESULT_FROM_RECEIPT:
        found.append(_from(result, NoticeKind.RESULT, received_at, zone))
    return found


def due_after_resolution(*, resolved_at: datetime, rule_set: RuleSet, zone: str) -> list[Due]:
    """The notices that the resolution of a complaint makes due (R-21)."""
    result = rule_set.notice("complaint-result")
    if result is None or rule_set.model in RESULT_FROM_RECEIPT:
        return []
    return [_from(result, NoticeKind.RESULT, resolved_at, zone)]


def suspends(*, rule_set: RuleSet, may_bring_discipline: bool) -> bool:
    """Whether a complaint takes the officer out at once: under the Task Force Model, if discipline may follow (R-21)."""
    return rule_set.model == "TFM" and may_bring_discipline


class Clock(StrEnum):
    """How a notice stands against its clock."""

    OPEN = "open"
    OVERDUE = "overdue"
    GIVEN = "given in time"
    LATE = "given late"


def clock(*, due_at: datetime, given_at: datetime | None, now: datetime) -> Clock:
    """Whether a notice was given in time, given late, is still open or overdue."""
    if given_at is None:
        return Clock.OVERDUE if now > due_at else Clock.OPEN
    return Clock.LATE if given_at > due_at else Clock.GIVEN
