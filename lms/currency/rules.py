"""When a fact asks for attention, and which editions were made before it changed. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

LAW = ("citation", "statement", "status", "jurisdiction", "court")
"""The fields of a fact that say what the law is; the others say when and how it was looked at."""

Content = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition of the register: when it was published, and its facts by id."""

    published_at: datetime
    facts: Mapping[str, Content]


@dataclass(frozen=True, slots=True)
class Change:
    """The last time that what a fact says changed. `before` is empty for a fact that was new then, `after` for one taken out."""

    at: datetime
    before: Content
    after: Content

    @property
    def said(self) -> str:
        """What changed, as a clause."""
        if not self.after:
            return "taken out of the register"
        old, new = self.before.get("status", ""), self.after["status"]
        return f"changed from {old} to {new}" if old != new else "changed in what it says"


def changes(editions: Iterable[Edition]) -> dict[str, Change]:
    """The last change of every fact that changed; `editions` from the first to the newest. A fact that is new changes nothing."""
    found: dict[str, Change] = {}
    before: Mapping[str, Content] | None = None
    for edition in editions:
        for fact, old in (before or {}).items():
            new = edition.facts.get(fact, {})
            if law_of(new) != law_of(old):
                found[fact] = Change(edition.published_at, old, new)
        before = edition.facts
    return found


def law_of(content: Content) -> tuple[str, ...]:
    """What a fact says, without when and how it was looked at."""
    return tuple(content.get(key, "") for key in LAW)


def is_overdue(review_by: date, today: date) -> bool:
    """Whether a fact was to be looked at before `today`."""
    return review_by < today
