"""What may be planned of a sitting, when it may be started from where, and what may be granted to an officer. Pure."""

import hashlib
import hmac
import ipaddress
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

LARGEST_SITTING: Final = 500
LONGEST_WINDOW: Final = timedelta(hours=24)
MOST_LINES: Final = 20
CONFIG_KEY: Final = re.compile(r"[0-9a-f]{64}")
WHOLE_PERCENT: Final = 100
MOST_PERCENT: Final = 300
MOST_MINUTES: Final = 240
Fault = Callable[[str], str | None]
"""Tells why a line will not do, or None."""


class Mode(StrEnum):
    """Where a sitting is held."""

    ROOM = "room"
    REMOTE = "remote"


MODE_LABELS: Final = {Mode.ROOM: "In a room", Mode.REMOTE: "Remote"}


class Stage(StrEnum):
    """Where a sitting stands at a moment."""

    PLANNED = "planned"
    OPEN = "open"
    OVER = "over"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is planned of a sitting. It may be started from `opens_at` until `closes_at`, where that is asked from one of `networks`."""

    opens_at: datetime
    closes_at: datetime
    mode: Mode
    place: str
    capacity: int
    networks: tuple[str, ...] = ()
    seb_keys: tuple[str, ...] = ()


LABELS: Final = {
    "opens_at": "start",
    "closes_at": "end",
    "mode": "mode",
    "place": "place",
    "capacity": "places",
    "networks": "networks",
    "seb_keys": "Safe Exam Browser keys",
}
TOLD: Final = frozenset({"start", "end", "mode", "place"})
"""Changes that the officers of a sitting are told."""


def changes(old: Plan, new: Plan) -> tuple[str, ...]:
    """What differs between two plans, in words."""
    return tuple(LABELS[one.name] for one in fields(Plan) if getattr(old, one.name) != getattr(new, one.name))


def fault_of_plan(plan: Plan, *, seconds: int, placed: int, now: datetime) -> str | None:
    """The sentence that refuses a plan, or None when it will do. `seconds`: of the exam; `placed`: officers who have a place."""
    length = plan.closes_at - plan.opens_at
    sound = {
        "The window ends before it begins. Check the two times.": length > timedelta(),
        "A window lasts 24 hours at most. Check the two times.": length <= LONGEST_WINDOW,
        f"The exam takes {seconds // 60} minutes, and the window is shorter. Give it at least that.": length.total_seconds() >= seconds,
        "The window would be over already. Check day and times.": plan.closes_at > now,
        "Enter where the sitting is held, or how officers connect.": bool(plan.place),
        f"A sitting holds from 1 to {LARGEST_SITTING} officers.": 1 <= plan.capacity <= LARGEST_SITTING,
        f"{placed} officers have a place. Take some off before you lower the places.": plan.capacity >= placed,
        f"Enter at most {MOST_LINES} networks and {MOST_LINES} keys.": max(len(plan.networks), len(plan.seb_keys)) <= MOST_LINES,
    }
    wrong = next((sentence for sentence, is_so in sound.items() if not is_so), None)
    lines = [fault_of_network(line) for line in plan.networks] + [fault_of_key(line) for line in plan.seb_keys]
    return wrong or next((fault for fault in lines if fault), None)


def fault_of_network(line: str) -> str | None:
    """Why a line is no range of addresses, or None."""
    try:
        ipaddress.ip_network(line, strict=False)
    except ValueError:
        return f"“{line[:60]}” is no range of network addresses. Write one a line, as in 192.0.2.0/24."
    return None


def fault_of_key(line: str) -> str | None:
    """Why a line is no Config Key, or None."""
    return None if CONFIG_KEY.fullmatch(line) else f"“{line[:20]}” is no Config Key. It has 64 characters from 0 to 9 and a to f."


def stage(plan: Plan, *, cancelled: bool, now: datetime) -> Stage:
    """Where a sitting stands. Its last moment is outside."""
    if cancelled:
        return Stage.CANCELLED
    if now < plan.opens_at:
        return Stage.PLANNED
    return Stage.OPEN if now < plan.closes_at else Stage.OVER


def is_full(*, capacity: int, placed: int, more: int = 1) -> bool:
    """Whether so many more officers do not find a place."""
    return placed + more > capacity


def is_inside(address: str, networks: Sequence[str]) -> bool:
    """Whether an address lies in one of the ranges; every address does where there are none, and what is no address in no range."""
    if not networks:
        return True
    try:
        there = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(there, "ipv4_mapped", None) or there
    return any(mapped in ipaddress.ip_network(one, strict=False) for one in networks)


def config_key_hash(url: str, key: str) -> str:
    """What Safe Exam Browser sends in X-SafeExamBrowser-ConfigKeyHash for a page: SHA-256 over its address and the key."""
    return hashlib.sha256(f"{url}{key}".encode()).hexdigest()


def is_configured(sent: str, *, url: str, keys: Sequence[str]) -> bool:
    """Whether the browser shows one of the Config Keys; every browser does where there are none. It is never the only gate."""
    return not keys or any(hmac.compare_digest(config_key_hash(url, key).encode(), sent.strip().lower().encode()) for key in keys)


class Category(StrEnum):
    """Why an accommodation is granted, without a word about health."""

    DISABILITY = "disability"
    LANGUAGE = "language access"
    RELIGION = "religious observance"
    OTHER = "other, on file with the program"


@dataclass(frozen=True, slots=True)
class Grant:
    """What an officer is granted in every exam. `percent` is 100 for the exam's own time; `rest_minutes` may be taken as pauses."""

    percent: int = WHOLE_PERCENT
    extra_minutes: int = 0
    rest_minutes: int = 0

    @property
    def words(self) -> str:
        """What a proctor needs to know of it, and no more: "time factor 1.5, 10 minutes more, breaks of 15 minutes in all"."""
        whole, rest = divmod(self.percent, WHOLE_PERCENT)
        factor = f"{whole}.{rest:02d}".rstrip("0").rstrip(".")
        said = {
            f"time factor {factor}": self.percent != WHOLE_PERCENT,
            f"{self.extra_minutes} minutes more": self.extra_minutes > 0,
            f"breaks of {self.rest_minutes} minutes in all": self.rest_minutes > 0,
        }
        return ", ".join(text for text, holds in said.items() if holds)


def fault_of_grant(grant: Grant, *, starts_at: datetime, ends_at: datetime | None) -> str | None:
    """The sentence that refuses an accommodation, or None when it will do."""
    sound = {
        f"The time factor lies between 100 and {MOST_PERCENT} percent.": WHOLE_PERCENT <= grant.percent <= MOST_PERCENT,
        f"Extra and rest minutes lie between 0 and {MOST_MINUTES}.": min(grant.extra_minutes, grant.rest_minutes) >= 0
        and max(grant.extra_minutes, grant.rest_minutes) <= MOST_MINUTES,
        "Grant more time, extra minutes or rest breaks: this one changes nothing.": grant != Grant(),
        "It ends before it begins. Check the two days.": ends_at is None or ends_at > starts_at,
    }
    return next((sentence for sentence, is_so in sound.items() if not is_so), None)
