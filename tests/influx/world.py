"""A fictional mass influx for the tests: two program officers, contingency agreements, a whole course and its short form."""

import uuid
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from lms.accounts.permissions import Role
from lms.accounts.rules import SYSTEM
from lms.agencies import agreement_service as agreements
from lms.agencies import place_service
from lms.agencies.agreement_rules import TERMS, State
from lms.certificates.rules import SUBJECTS
from lms.courses.models import CourseLesson, CourseRevision
from lms.enrollments import service as classes
from lms.enrollments.models import Completion
from lms.influx import order_service, queries, service
from lms.influx.order_queries import with_treatment
from lms.influx.order_rules import Necessity, ScopeLesson, ScopeModule, Treatment
from lms.influx.order_service import Consent
from lms.influx.order_service import Draft as OrderDraft
from lms.influx.period import Boundaries, Kind
from lms.influx.rules import Ground, Instrument, Told
from lms.influx.service import Change, Draft
from lms.kernel.ids import digest, new_id
from tests.agencies import program as paperwork
from tests.support.cast import Cast, Person, person
from tests.support.factories import a_bank, a_lesson, a_nomination, a_plan

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)
BEGINS, ENDS = NOON - 2 * DAY, NOON + 30 * DAY
NEARLY = ENDS - DAY
WHOLE, SHORT, EXAM = "response", "response-short", "response-final"
SOUTH = Boundaries(frozenset({"SC"}))
INSTRUMENT = Instrument("Office of the Demonstration", "Fictional finding", "Demonstration 1", date(2026, 11, 19), BEGINS)
TOLD = Told(NOON, "By telephone and by letter", "The sheriff on duty")


@dataclass(frozen=True, slots=True)
class Influx:
    """What the tests act on: `second` confirms what the first program officer recorded."""

    cast: Cast
    second: Person
    agreement_id: uuid.UUID
    whole: uuid.UUID
    short: uuid.UUID
    bank_hash: str
    lessons: tuple[dict[str, Any], ...]

    @property
    def first(self) -> Person:
        return self.cast.program_officer


def furnish(session: Session, cast: Cast) -> Influx:
    """A signed contingency agreement of Palmetto County with an officer nominated under it, and a class of each course."""
    place_service.keep_counties(session, actor=cast.administrator.identity, agency_id=cast.palmetto, fips={"45013"}, now=NOON)
    second = person(session, name="Noa Brandt", role=Role.PROGRAM_OFFICER, now=NOON)
    bank_hash = a_bank(session, now=NOON, public=False, bank="response-bank")
    subjects = (*SUBJECTS, "immigration law")
    lessons = tuple(a_lesson(session, number=at, now=NOON, course=WHOLE) for at in range(1, len(subjects) + 1))
    whole = _course(session, WHOLE, tuple(zip(subjects, lessons, strict=True)))
    short = _course(session, SHORT, tuple(zip(subjects, lessons, strict=True))[:4], abbreviates=WHOLE)
    held = {name: _class(session, title, made) for name, title, made in (("whole", "Whole class", whole), ("short", "Short class", short))}
    agreement_id = contingency(session, cast, agency=cast.palmetto)
    a_nomination(session, person=cast.officer, now=NOON, agreement_id=agreement_id)
    return Influx(cast, second, agreement_id, bank_hash=bank_hash, lessons=lessons, **held)


def contingency(session: Session, cast: Cast, *, agency: uuid.UUID, signed: bool = True, complete: bool = True) -> uuid.UUID:
    """A contingency agreement with its terms and procedure."""
    draft = replace(paperwork.draft_of("influx-2003"), contingency=True)
    actor = cast.program_officer.identity
    made = agreements.draft_agreement(session, actor=actor, agency_id=agency, draft=draft, form_id=new_id(), now=NOON)
    session.flush()
    if complete:
        places = {term: f"Section {term}" for term in TERMS}
        agreements.record_terms(session, actor=actor, agreement_id=made, places=places, now=NOON)
        agreements.record_procedure(session, actor=actor, agreement_id=made, text="The sheriff is called, then written to.", now=NOON)
    session.flush()
    if signed and complete:
        paperwork.moved(session, cast, made, State.SIGNED)
    return made


def _course(session: Session, course: str, taught: tuple[tuple[str, dict[str, Any]], ...], abbreviates: str = "") -> str:
    name = digest(course)
    manifest = {
        "id": course,
        "number": 1,
        "title": "Response" if not abbreviates else "Response, short",
        "program_model": "INFLUX",
        "summary": "A course for the tests.",
        "hours": 2,
        "minimum_active_share": 400,
        "subjects": list(SUBJECTS),
        "law_as_of": "2026-11-22",
        "modules": [_module(at, subject, lesson) for at, (subject, lesson) in enumerate(taught, 1)],
        "exams": [_exam(course)],
    } | ({"abbreviates": abbreviates} if abbreviates else {})
    session.add(
        CourseRevision(
            hash=name,
            course_id=course,
            number=1,
            title=manifest["title"],
            program_model="INFLUX",
            manifest=manifest,
            note="For tests",
            published_by=None,
            published_at=NOON,
        )
    )
    session.flush()
    places = enumerate(taught, 1)
    session.add_all(CourseLesson(course_hash=name, lesson_id=one["id"], position=at, lesson_hash=one["hash"]) for at, (_, one) in places)
    session.flush()
    return name


def _module(at: int, subject: str, lesson: dict[str, Any]) -> dict[str, Any]:
    said = {"terminal_objective": "Know it.", "evaluation": "Exam", "intro_html": ""}
    return {"id": f"module-{at}", "title": f"Module {at}", "subject": subject, "day": 1, "lessons": [lesson]} | said


def _exam(course: str) -> dict[str, Any]:
    return {
        "id": f"{course}-final",
        "title": "Final examination",
        "bank": "response-bank",
        "minutes": 60,
        "proctored": True,
        "cut_score": 70_000,
        "retakes": 1,
        "shared_share": 0,
        "rule": "R-24",
        "specification": {"RESPONSE-1": 1},
    }


def _class(session: Session, title: str, course_hash: str) -> uuid.UUID:
    plan = a_plan(title=title, ends_on=date(2027, 3, 31))
    return classes.open_offering(session, actor=SYSTEM, course_hash=course_hash, plan=plan, now=NOON)


def draft(**changes: Any) -> Draft:
    facts: dict[str, Any] = {
        "title": "Fictional influx",
        "drill": False,
        "grounds": (Ground.INFLUX,),
        "time_zone": "America/New_York",
        "instrument": INSTRUMENT,
        "change": Change(Kind.DECLARED, BEGINS, ENDS, SOUTH),
    }
    return Draft(**(facts | changes))


def declared(session: Session, made: Influx, *, now: datetime = NOON, confirmed: bool = True, **changes: Any) -> uuid.UUID:
    """A declaration, confirmed by the second person unless told."""
    found = service.declare(session, actor=made.first.identity, draft=draft(**changes), form_id=new_id(), now=now)
    session.flush()
    if confirmed:
        confirms(session, made, found, now=now)
    return found


def confirms(session: Session, made: Influx, declaration_id: uuid.UUID, *, now: datetime = NOON) -> None:
    """The second person confirms the newest act."""
    newest = queries.declaration(session, declaration_id)
    assert newest is not None
    service.confirm(session, actor=made.second.identity, declaration_id=declaration_id, act_id=newest.acts[-1].id, now=now)
    session.flush()


def changes(session: Session, made: Influx, declaration_id: uuid.UUID, change: Change, *, at: datetime, confirmed: bool = True) -> None:
    """An act on a declaration that takes effect at `at`."""
    instrument = replace(INSTRUMENT, effective_at=at)
    service.change(session, actor=made.first.identity, declaration_id=declaration_id, instrument=instrument, change=change, now=at)
    session.flush()
    if confirmed:
        confirms(session, made, declaration_id, now=at)


def activated(session: Session, made: Influx, declaration_id: uuid.UUID, *agreements_too: uuid.UUID) -> None:
    """The contingency agreement of Palmetto County is activated, and others that are named."""
    actor, chosen = made.first.identity, [made.agreement_id, *agreements_too]
    service.activate(session, actor=actor, declaration_id=declaration_id, agreement_ids=chosen, told=TOLD, now=NOON)
    session.flush()


def scope(made: Influx, *words: str) -> tuple[ScopeModule, ...]:
    """The whole course's modules treated in order: k(ept) or w(aived)."""
    subjects = (*SUBJECTS, "immigration law")
    found = []
    for at, (subject, lesson, word) in enumerate(zip(subjects, made.lessons, words, strict=True), 1):
        one = ScopeModule(f"module-{at}", f"Module {at}", subject, None, (ScopeLesson(lesson["id"], lesson["title"], 30, kept=False),))
        found.append(with_treatment(one, Treatment.KEPT if word == "k" else Treatment.WAIVED, ()))
    return tuple(found)


def order_draft(made: Influx, words: str = "kkkww", **changes: Any) -> OrderDraft:
    facts: dict[str, Any] = {
        "decider": "Dana Fictional",
        "office": "Office of the Demonstration",
        "necessities": frozenset({Necessity.SAFETY}),
        "available": 4,
        "needed": 40,
        "finding": "Arrivals doubled within two days.",
        "course_id": WHOLE,
        "course_title": "Response",
        "scope": scope(made, *words),
        "agreements": {made.agreement_id: Consent("Sheriff Ana Ortiz", date(2026, 11, 21), "Letter of November 21")},
        "officers": {made.cast.officer.officer: made.agreement_id},
        "ends_at": ENDS,
    }
    return OrderDraft(**(facts | changes))


def ordered(
    session: Session, made: Influx, declaration_id: uuid.UUID, words: str = "kkkww", *, now: datetime = NOON, **changes: Any
) -> uuid.UUID:
    """An order that was confirmed, under an activated agreement."""
    actor, told = made.first.identity, order_draft(made, words, **changes)
    found = order_service.order(session, actor=actor, declaration_id=declaration_id, draft=told, form_id=new_id(), now=now)
    session.flush()
    order_service.confirm(session, actor=made.second.identity, order_id=found, now=now)
    session.flush()
    return found


def completes(session: Session, made: Influx, enrollment_id: uuid.UUID, *numbers: int, now: datetime = NOON) -> None:
    """Lessons finished, by their numbers."""
    for number in numbers:
        lesson = made.lessons[number - 1]
        done = {"lesson_id": lesson["id"], "lesson_hash": lesson["hash"], "credited_minutes": 30, "active_seconds": 1800}
        session.add(Completion(enrollment_id=enrollment_id, at=now, **done))
    session.flush()
