"""What a ledger needs to know of that which it covers: the canonical text of each entry."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from sqlalchemy.orm import Session


class Source(Protocol):
    """The entries of one ledger, each named by a reference. A text must stay the same for ever: it is what is hashed."""

    @property
    def ledger(self) -> str:
        """The ledger's name: lower-case letters, digits and hyphens."""
        ...

    def texts(self, session: Session, references: Sequence[str]) -> Mapping[str, str]:
        """The canonical text of each of these entries; those that are gone are left out."""
        ...

    def count(self, session: Session) -> int:
        """How many entries there are."""
        ...

    def references(self, session: Session) -> Iterator[str]:
        """The reference of every entry."""
        ...
