"""Who is acting, and how a person's name and address are compared. Pure."""

import unicodedata
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from lms.accounts.permissions import STAFF_ROLES, Permission, Role, permissions_of


class Owed(StrEnum):
    """What a person whose password was right still owes before they may act."""

    FACTOR = "to set up a second factor"
    PROOF = "to prove the second factor"


@dataclass(frozen=True, slots=True)
class Identity:
    """Whoever acts: a signed-in person with the roles held at this moment, or the system (no id, every permission).

    `agency_ids` are the agencies that the person coordinates, and whose officers they may see. Serving in one gives no sight of it.
    `proven_at` is when the person last proved a second factor in this session. `locked_to` is the attempt that the person sits: the only
    thing they see meanwhile.
    """

    user_id: uuid.UUID | None
    name: str
    email: str = ""
    roles: frozenset[Role] = frozenset()
    agency_ids: frozenset[uuid.UUID] = frozenset()
    officer_id: uuid.UUID | None = None
    session_id: uuid.UUID | None = None
    has_factor: bool = False
    proven_at: datetime | None = None
    locked_to: uuid.UUID | None = None
    permissions: frozenset[Permission] = field(default=frozenset())

    @property
    def owes(self) -> Owed | None:
        """What a signed-in person still owes: proof of the factor they have, or a factor where their role asks for one."""
        if self.session_id is None:
            return None
        if self.has_factor:
            return Owed.PROOF if self.proven_at is None else None
        return Owed.FACTOR if self.roles & STAFF_ROLES else None

    def may(self, permission: Permission) -> bool:
        """Whether the person holds `permission` in any of their roles."""
        return permission in self.permissions


SYSTEM = Identity(user_id=None, name="The system", permissions=frozenset(Permission))
"""The worker and the command line."""


def identity_with(roles: frozenset[Role], **facts: object) -> Identity:
    """An identity whose permissions are those of `roles`."""
    return Identity(roles=roles, permissions=permissions_of(roles), **facts)  # type: ignore[arg-type] # facts are named by callers


def fault_of_second(*, second: uuid.UUID | None, first: uuid.UUID | None, subject: uuid.UUID | None) -> str | None:
    """Why `second` may not confirm what `first` wants to give to `subject`, or None. The command line, which is nobody (None), may."""
    if second is None:
        return None
    if second == first:
        return "A second person must confirm this: you proposed it yourself."
    if second == subject:
        return "Nobody changes their own roles. Another administrator must decide this."
    return None


def normalized_name(name: str) -> str:
    """A name as it is compared: without case, accents, punctuation and repeated spaces."""
    decomposed = unicodedata.normalize("NFKD", name).casefold()
    letters = "".join(c if c.isalnum() else " " for c in decomposed if not unicodedata.combining(c))
    return " ".join(letters.split())


def normalized_email(email: str) -> str:
    """An e-mail address as it is compared."""
    return unicodedata.normalize("NFKC", email).strip().casefold()
