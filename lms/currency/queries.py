"""What stands on facts that changed, are overdue or were asked about: lessons, questions, practicals, classes, officers (R-32)."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.models import Officer
from lms.courses import queries as courses
from lms.courses.manifest import lessons_of
from lms.courses.models import CourseLesson, LessonRevision, PracticalRevision
from lms.currency import rules
from lms.currency.rules import Change
from lms.enrollments.models import Completion, Enrollment, Offering
from lms.facts.models import FactRegister
from lms.facts.rules import is_retired
from lms.questions import queries as banks
from lms.questions.models import BankQuestion, QuestionRevision

PER_PAGE = 10
OFFICERS_PER_PAGE = 50


class UnknownFact(LookupError):
    """The register has never had a fact of that id."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Something that stands on a fact. `act` says what is to be done about it."""

    id: str
    title: str
    act: str


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A class under way whose course revision teaches the fact as it was."""

    id: uuid.UUID
    title: str
    ends_on: date


@dataclass(frozen=True, slots=True)
class Affected:
    """A fact and everything that stands on it. `officers` counts those who completed a lesson on it in an edition before the change."""

    fact: str
    citation: str
    status: str
    review_by: date | None
    why: str
    lessons: tuple[Standing, ...]
    questions: tuple[Standing, ...]
    practicals: tuple[Standing, ...]
    classes: tuple[ClassRow, ...]
    officers: int
    editions: tuple[str, ...]

    def content(self) -> dict[str, Any]:
        """As JSON."""
        told = asdict(self)
        told["review_by"] = self.review_by.isoformat() if self.review_by else None
        told["classes"] = [{"id": str(one.id), "title": one.title, "ends_on": one.ends_on.isoformat()} for one in self.classes]
        return told


@dataclass(frozen=True, slots=True)
class _Text:
    """An edition of a lesson or practical: what it is, its title, the facts it cites, and when it was published."""

    hash: str
    id: str
    title: str
    facts: frozenset[str]
    law_as_of: date
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Register:
    """The newest register and what changed on the way to it."""

    facts: Mapping[str, Mapping[str, str]]
    changes: Mapping[str, Change]

    def why(self, fact: str, today: date) -> str:
        """Why a fact asks for attention by itself; empty when it does not."""
        reasons = [f"{change.said} on {change.at:%Y-%m-%d}" for change in (self.changes.get(fact),) if change]
        content = self.facts.get(fact)
        if content and rules.is_overdue(date.fromisoformat(content["review_by"]), today):
            reasons.append(f"was to be reviewed by {content['review_by']}")
        return " and ".join(reasons)


def register(session: Session) -> Register:
    """The register as published, with every change since the first edition."""
    rows = session.execute(select(FactRegister.published_at, FactRegister.content).order_by(FactRegister.number)).all()
    editions = [rules.Edition(row.published_at, row.content) for row in rows]
    return Register(editions[-1].facts if editions else {}, rules.changes(editions))


def attention(found: Register, *, today: date) -> list[str]:
    """The facts that ask for attention, by id."""
    return sorted(fact for fact in {*found.facts, *found.changes} if found.why(fact, today))


def affected(session: Session, *, facts: Sequence[str], found: Register, today: date) -> list[Affected]:
    """Everything that stands on each of `facts`. Raises UnknownFact."""
    unknown = [fact for fact in facts if fact not in found.facts and fact not in found.changes]
    if unknown:
        raise UnknownFact(unknown[0])
    stock = _stock(session, today=today)
    trained = _trained(session, {edition for fact in facts for edition in stock.before(fact, found)})
    return [_one(fact, found, stock, trained, today) for fact in facts]


@dataclass(frozen=True, slots=True)
class _Stock:
    """What is taught and asked today, every edition of a text that there was, and the classes under way with their editions."""

    editions: Mapping[str, _Text]
    lessons: tuple[_Text, ...]
    practicals: tuple[_Text, ...]
    questions: tuple[tuple[str, str, str], ...]
    classes: tuple[tuple[ClassRow, frozenset[str]], ...]

    def before(self, fact: str, found: Register) -> tuple[str, ...]:
        """The editions of lessons that taught the fact before it changed; every one of them when it never did."""
        change = found.changes.get(fact)
        return tuple(
            sorted(one.hash for one in self.editions.values() if fact in one.facts and (change is None or one.published_at < change.at))
        )


def _stock(session: Session, *, today: date) -> _Stock:
    columns = (LessonRevision.hash, LessonRevision.lesson_id, LessonRevision.title, LessonRevision.facts, LessonRevision.law_as_of)
    rows = session.execute(select(*columns, LessonRevision.published_at))
    editions = {
        row.hash: _Text(row.hash, row.lesson_id, row.title, frozenset(row.facts), date.fromisoformat(row.law_as_of), row.published_at)
        for row in rows
    }
    manifests = [row.manifest for row in courses.courses(session)]
    held = {entry["hash"] for manifest in manifests for entry in lessons_of(manifest)}
    practised = {entry["hash"] for manifest in manifests for entry in manifest.get("practicals", ())}
    return _Stock(
        editions,
        tuple(sorted((editions[one] for one in held if one in editions), key=lambda one: one.id)),
        _practicals(session, practised),
        _questions(session),
        _classes(session, today=today),
    )


def _practicals(session: Session, names: Collection[str]) -> tuple[_Text, ...]:
    rows = session.scalars(select(PracticalRevision).where(PracticalRevision.hash.in_(names)).order_by(PracticalRevision.practical_id))
    return tuple(_practical(row) for row in rows)


def _practical(row: PracticalRevision) -> _Text:
    law_as_of = date.fromisoformat(row.content["law_as_of"])
    return _Text(row.hash, row.practical_id, row.content["title"], frozenset(row.content["facts"]), law_as_of, row.published_at)


def _questions(session: Session) -> tuple[tuple[str, str, str], ...]:
    """(id, stem, fact) of every question of the newest bank revisions."""
    heads = [row.hash for row in banks.banks(session)]
    rows = session.execute(
        select(QuestionRevision.question_id, QuestionRevision.content)
        .join(BankQuestion, BankQuestion.question_hash == QuestionRevision.hash)
        .where(BankQuestion.bank_hash.in_(heads))
        .order_by(QuestionRevision.question_id)
    )
    return tuple((row.question_id, row.content["stem"], row.content.get("fact", "")) for row in rows)


def _classes(session: Session, *, today: date) -> tuple[tuple[ClassRow, frozenset[str]], ...]:
    rows = session.execute(
        select(Offering.id, Offering.title, Offering.ends_on, CourseLesson.lesson_hash)
        .join(CourseLesson, CourseLesson.course_hash == Offering.course_hash)
        .where(Offering.ends_on >= today)
        .order_by(Offering.title, Offering.id)
    )
    taught: dict[ClassRow, set[str]] = {}
    for row in rows:
        taught.setdefault(ClassRow(row.id, row.title, row.ends_on), set()).add(row.lesson_hash)
    return tuple((one, frozenset(names)) for one, names in taught.items())


def _trained(session: Session, editions: Collection[str]) -> dict[str, frozenset[uuid.UUID]]:
    """The officers who completed each of the editions."""
    rows = session.execute(
        select(Completion.lesson_hash, Enrollment.officer_id)
        .join(Enrollment, Enrollment.id == Completion.enrollment_id)
        .where(Completion.lesson_hash.in_(editions))
    )
    found: dict[str, set[uuid.UUID]] = {}
    for row in rows:
        found.setdefault(row.lesson_hash, set()).add(row.officer_id)
    return {name: frozenset(officers) for name, officers in found.items()}


def _one(fact: str, found: Register, stock: _Stock, trained: Mapping[str, frozenset[uuid.UUID]], today: date) -> Affected:
    content = found.facts.get(fact, {})
    change = found.changes.get(fact)
    old = stock.before(fact, found)
    status = content.get("status")
    overdue = bool(content) and rules.is_overdue(date.fromisoformat(content["review_by"]), today)
    since = change.at.date() if change and not overdue else None
    officers: frozenset[uuid.UUID] = frozenset().union(*(trained.get(name, frozenset()) for name in old))
    return Affected(
        fact=fact,
        citation=(content or (change.before if change else {})).get("citation", ""),
        status=status or "not in the register",
        review_by=date.fromisoformat(content["review_by"]) if content else None,
        why=found.why(fact, today) or "asked about",
        lessons=tuple(_to_read(stock.lessons, fact, since)),
        questions=tuple(Standing(id_, stem, _act(status)) for id_, stem, on in stock.questions if on == fact),
        practicals=tuple(_to_read(stock.practicals, fact, since)),
        classes=tuple(one for one, names in stock.classes if names & {*old}),
        officers=len(officers),
        editions=old,
    )


def _to_read(texts: Iterable[_Text], fact: str, since: date | None) -> Iterable[Standing]:
    """The texts that cite the fact and whose law was last looked at before the day `since`; all that cite it without one."""
    cited = (one for one in texts if fact in one.facts)
    return (Standing(one.id, one.title, "read again") for one in cited if since is None or one.law_as_of < since)


def _act(status: str | None) -> str:
    return "retired: no longer drawn" if is_retired(status) else "read again"


@dataclass(frozen=True, slots=True)
class OfficerRow:
    """An officer who completed a lesson in an edition before a change."""

    id: uuid.UUID
    name: str
    lessons: int
    last: datetime


def officers_trained(session: Session, *, editions: Collection[str], page: int = 1) -> list[OfficerRow]:
    """One page of the officers who completed any of the editions, by name."""
    rows = session.execute(
        select(Officer.id, Officer.name, func.count(), func.max(Completion.at).label("last"))
        .join(Enrollment, Enrollment.officer_id == Officer.id)
        .join(Completion, Completion.enrollment_id == Enrollment.id)
        .where(Completion.lesson_hash.in_(editions))
        .group_by(Officer.id, Officer.name)
        .order_by(Officer.name, Officer.id)
        .offset((page - 1) * OFFICERS_PER_PAGE)
        .limit(OFFICERS_PER_PAGE)
    )
    return [OfficerRow(row[0], row[1], int(row[2]), row[3]) for row in rows]
