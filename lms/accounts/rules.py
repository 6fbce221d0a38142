"""Who is acting, and how a person's name and address are compared. Pure."""

import unicodedata
import uuid
from dataclasses import dataclass, field

from lms.accounts.permissions import Permission, Role, permissions_of


@dataclass(frozen=True, slots=True)
class Identity:
    """Whoever acts: a signed-in person with the roles held at this moment, or the system (no id, every permission).

    `agency_ids` are the agencies that the person coordinates, and whose officers they may see. Serving in one gives no sight of it.
    """

    user_id: uuid.UUID | None
    name: str
    email: str = ""
    roles: frozenset[Role] = frozenset()
    agency_ids: frozenset[uuid.UUID] = frozenset()
    officer_id: uuid.UUID | None = None
    session_id: uuid.UUID | None = None
    permissions: frozenset[Permission] = field(default=frozenset())

    def may(self, permission: Permission) -> bool:
        """Whether the person holds `permission` in any of their roles."""
        return permission in self.permissions


SYSTEM = Identity(user_id=None, name="The system", permissions=frozenset(Permission))
"""The worker and the command line."""


def identity_with(roles: frozenset[Role], **facts: object) -> Identity:
    """An identity whose permissions are those of `roles`."""
    return Identity(roles=roles, permissions=permissions_of(roles), **facts)  # type: ignore[arg-type] # facts are named by callers


def normalized_name(name: str) -> str:
    """A name as it is compared: without case, accents, punctuation and repeated spaces."""
    decomposed = unicodedata.normalize("NFKD", name).casefold()
    letters = "".join(c if c.isalnum() else " " for c in decomposed if not unicodedata.combining(c))
    return " ".join(letters.split())


def normalized_email(email: str) -> str:
    """An e-mail address as it is compared."""
    return unicodedata.normalize("NFKC", email).strip().casefold()
