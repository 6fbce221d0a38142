"""Publishing the register."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from lms.audit.service import Actor, record
from lms.facts.models import FactRegister
from lms.facts.queries import head
from lms.facts.source import Register
from lms.kernel.canonical import content_hash


@dataclass(frozen=True, slots=True)
class Published:
    """The newest edition after publishing, and whether it is new."""

    hash: str
    number: int
    changed: bool


def publish(session: Session, *, actor: Actor, facts: Register, now: datetime, once: bool = False) -> Published:
    """Make `facts` the newest edition of the register; nothing happens when it already is, or with `once` when it ever was."""
    content = {fact.id: fact.content() for fact in facts.values()}
    newest = head(session)
    if newest is not None and _is_known(session, newest.number, content, once=once):
        return Published(newest.hash, newest.number, changed=False)
    number = 1 if newest is None else newest.number + 1
    name = content_hash({"number": number, "facts": content})
    session.add(FactRegister(hash=name, number=number, content=content, published_at=now))
    record(
        session,
        actor=actor,
        action="published the register of law",
        object_type="fact register",
        object_id=name,
        now=now,
        details={"number": number, "facts": len(content)},
    )
    session.flush()
    return Published(name, number, changed=True)


def _is_known(session: Session, newest: int, content: Mapping[str, Mapping[str, str]], *, once: bool) -> bool:
    editions = select(FactRegister.content).where(true() if once else FactRegister.number == newest)
    return any(known == content for known in session.scalars(editions))
