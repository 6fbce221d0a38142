"""Publishing the register."""

from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.rules import SYSTEM
from lms.audit.models import AuditEntry
from lms.facts import queries
from lms.facts.models import FactRegister
from lms.facts.service import Published, publish
from lms.facts.source import register_from
from tests.support.writing import TODAY, fact, register

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def published(session: Session, text: str) -> Published:
    facts, faults = register_from(text, path="facts.toml", today=TODAY)
    assert not faults
    return publish(session, actor=SYSTEM, facts=facts, now=NOW)


def test_before_the_first_edition_there_are_no_facts(session: Session) -> None:
    assert queries.head(session) is None
    assert queries.facts(session) == {}


def test_publishing_twice_makes_one_edition(session: Session) -> None:
    first = published(session, register())
    again = published(session, register())
    assert (first.number, first.changed) == (1, True)
    assert (again.hash, again.number, again.changed) == (first.hash, 1, False)
    assert session.scalar(select(func.count()).select_from(FactRegister)) == 1
    assert session.scalar(select(func.count()).select_from(AuditEntry)) == 1


def test_going_back_to_an_old_register_is_a_new_edition(session: Session) -> None:
    published(session, register())
    published(session, fact("IL-01"))
    third = published(session, register())
    assert (third.number, third.changed) == (3, True)
    assert queries.facts(session)["CR-14"].court == "4th Cir."


def test_what_was_published_is_read_back_as_it_was(session: Session) -> None:
    facts, _ = register_from(register(), path="facts.toml", today=TODAY)
    published(session, register())
    assert queries.facts(session) == facts
