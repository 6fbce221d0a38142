"""When and where a declaration of a mass influx is in force, as known at any moment. Pure.

A declaration is told by its acts, none of which is ever changed: declared, extended, ended, boundaries set. What two acts leave between
them is a gap and stays one. What is recorded later changes no answer about what was known before (R-29).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from lms.places.rules import BY_FIPS, BY_POSTAL, counties


class Kind(StrEnum):
    """What an act does to a declaration."""

    DECLARED = "declared"
    EXTENDED = "extended"
    TERMINATED = "ended"
    BOUNDED = "boundaries set"
    PUBLISHED = "published"


class Reach(StrEnum):
    """How an agency's place lies to boundaries."""

    WHOLLY = "inside"
    PARTLY = "partly inside"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Boundaries:
    """Whole States by postal code, and single counties by FIPS code (28 CFR 65.83(d)(1))."""

    states: frozenset[str] = frozenset()
    counties: frozenset[str] = frozenset()

    @property
    def postal(self) -> frozenset[str]:
        """Every State that is touched."""
        return self.states | {BY_FIPS[fips[:2]].postal for fips in self.counties if fips[:2] in BY_FIPS}

    @property
    def names(self) -> tuple[str, ...]:
        """The boundaries in words: States, then counties."""
        known = counties()
        return (*sorted(BY_POSTAL[one].name for one in self.states), *(known[one].label for one in sorted(self.counties) if one in known))

    def reach(self, *, state: str, counties: Iterable[str]) -> Reach:
        """How a place lies: an agency's State with the counties that it serves; without any it serves the whole State."""
        served = frozenset(counties)
        if state in self.states:
            return Reach.WHOLLY
        if not served:
            return Reach.PARTLY if state in self.postal else Reach.OUTSIDE
        inside = served & self.counties
        return Reach.WHOLLY if inside == served else Reach.PARTLY if inside else Reach.OUTSIDE


@dataclass(frozen=True, slots=True)
class Act:
    """One act. `known_at`: when a second person confirmed it, before which it counts for nothing. Moments of the period: from, until."""

    kind: Kind
    number: int
    effective_at: datetime
    known_at: datetime
    begins_at: datetime | None = None
    ends_at: datetime | None = None
    boundaries: Boundaries | None = None


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """From a moment, included, until another, not included."""

    starts_at: datetime
    ends_at: datetime

    def covers(self, at: datetime) -> bool:
        return self.starts_at <= at < self.ends_at


def period(acts: Iterable[Act], *, known: datetime) -> tuple[Interval, ...]:
    """When the declaration is in force, in order, by what was known. Only intervals that touch become one: a gap is never papered over."""
    acts = [act for act in acts if act.known_at <= known]
    cut = min((act.effective_at for act in acts if act.kind is Kind.TERMINATED), default=None)
    found = [stretch for act in acts if (stretch := _stretch(act, cut))]
    return joined(found)


def _stretch(act: Act, cut: datetime | None) -> Interval | None:
    """What one act adds: from when it says, but not before it took effect; until when it says, but not after the end that was put to it."""
    if act.kind not in {Kind.DECLARED, Kind.EXTENDED} or act.begins_at is None or act.ends_at is None:
        return None
    starts_at = max(act.begins_at, act.effective_at)
    ends_at = act.ends_at if cut is None else min(act.ends_at, cut)
    return Interval(starts_at, ends_at) if starts_at < ends_at else None


def joined(found: Iterable[Interval]) -> tuple[Interval, ...]:
    """The same moments as intervals that neither touch nor overlap, in order."""
    whole: list[Interval] = []
    for one in sorted(found):
        if whole and one.starts_at <= whole[-1].ends_at:
            whole[-1] = Interval(whole[-1].starts_at, max(whole[-1].ends_at, one.ends_at))
        else:
            whole.append(one)
    return tuple(whole)


def common(one: Sequence[Interval], other: Sequence[Interval]) -> tuple[Interval, ...]:
    """The moments that lie in both."""
    pairs = ((max(a.starts_at, b.starts_at), min(a.ends_at, b.ends_at)) for a in one for b in other)
    return joined(Interval(starts_at, ends_at) for starts_at, ends_at in pairs if starts_at < ends_at)


def gaps(found: Sequence[Interval]) -> tuple[Interval, ...]:
    """What lies between the intervals of a period."""
    return tuple(Interval(before.ends_at, after.starts_at) for before, after in pairwise(found))


def covers(found: Iterable[Interval], at: datetime) -> bool:
    """Whether a moment lies in any of the intervals."""
    return any(one.covers(at) for one in found)


def is_in_force(acts: Iterable[Act], *, at: datetime, known: datetime) -> bool:
    """Whether the declaration was in force at `at`, by what was known at `known`: the same answer for ever (R-29)."""
    return covers(period(acts, known=known), at)


def ends_at(acts: Iterable[Act], *, known: datetime) -> datetime | None:
    """When the declaration ends, by what was known: the end of its last interval; None when it was never in force."""
    found = period(acts, known=known)
    return found[-1].ends_at if found else None


def boundaries_at(acts: Iterable[Act], *, at: datetime, known: datetime) -> Boundaries | None:
    """The boundaries at `at`, by what was known at `known`: of the acts that had taken effect, the latest. None before the first."""
    found = [act for act in acts if act.boundaries is not None and act.known_at <= known and act.effective_at <= at]
    return max(found, key=lambda act: (act.effective_at, act.number)).boundaries if found else None
