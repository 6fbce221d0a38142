"""A whole program in which every page has something to show: two agencies side by side, everybody signed in, restored in a moment.

Each side has the same things: Palmetto County's belong to the officer Dana Rivera, Cedar Falls' to the outsider Theo Lindqvist. A third
side, NOWHERE, names things that do not exist.
"""

import re
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from lms.accounts import granting, notice, renewal
from lms.accounts import service as accounts
from lms.accounts.models import Factor, Grant, GrantProposal, Invitation, Lockdown, UserSession
from lms.accounts.permissions import Role
from lms.accounts.rules import SYSTEM
from lms.agencies import agreement_service as agreements
from lms.agencies import nomination_service as nominations
from lms.agencies.models import Agency
from lms.agencies.nomination_rules import Outcome
from lms.app import create_app, open_site
from lms.audit.models import AuditEntry
from lms.authorizations import answering
from lms.authorizations import complaint_service as complaints
from lms.authorizations import service as authorizing
from lms.authorizations import sweeps as letters
from lms.authorizations.answer_rules import Question
from lms.authorizations.complaint_rules import Report, Source
from lms.authorizations.models import NoticeDue, RefresherRequirement
from lms.authorizations.rules import MoveKind, Reason
from lms.certificates import keyring, sweeps
from lms.certificates import service as certificates
from lms.certificates.models import Certificate
from lms.certificates.numbers import CertificateClass, display, mint
from lms.certificates.reserving import Terms
from lms.courses import queries as courses
from lms.courses import service as courses_service
from lms.courses.service import Texts
from lms.courses.storing import keep_without_mark
from lms.db.blobs import BlobStore, MemoryBlobs
from lms.db.session import Database
from lms.enrollments import service as classes
from lms.enrollments.attendance import service as attendance
from lms.enrollments.attendance.rules import Entry, Mark
from lms.enrollments.enrolling import service as enrolling
from lms.enrollments.models import Enrollment, Offering
from lms.exams import messages, starting
from lms.facts.service import publish as publish_facts
from lms.kernel.clock import FrozenClock
from lms.kernel.ids import new_id
from lms.notices import service as notices
from lms.notices.models import Notice
from lms.notices.rules import WORDINGS, Kind
from lms.notices.service import Recipient
from lms.practicals import service as practicals
from lms.practicals.rules import Given
from lms.practicals.rules import Mark as Practiced
from lms.practicals.service import Rating
from lms.questions.models import BankQuestion, QuestionRevision
from lms.retention import service as retention
from lms.retention.rules import RecordClass
from lms.settings import Settings
from lms.sittings import accommodating, placing, tickets
from lms.sittings import service as sittings
from lms.sittings.rules import Category
from lms.sittings.rules import Grant as TimeGrant
from lms.sittings.rules import Mode as SittingMode
from lms.sittings.rules import Plan as SittingPlan
from lms.web.application import Application
from lms.web.guard import PUBLIC, SIGNED_IN
from lms.web.site import Site
from tests.agencies import program as paperwork
from tests.authorizations.authority import nominated, office
from tests.certificates.program import COURSE, EXAM, Program, completes, passes, program, trained
from tests.support.browser import CSRF_FIELD, Visitor
from tests.support.cast import Person
from tests.support.cast import person as another
from tests.support.console_things import watched
from tests.support.disputes import exam_over, regrade
from tests.support.emergency import emergency
from tests.support.exam_room import content
from tests.support.factories import a_class, a_course, a_fact, a_nomination, a_plan, an_enrollment
from tests.support.marking import a_held_result, a_turn, a_written_answer

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PALMETTO, CEDAR_FALLS, NOWHERE = "Palmetto County", "Cedar Falls", "nowhere"
SIDES = (PALMETTO, CEDAR_FALLS, NOWHERE)
NOBODY = "nobody"
TOKEN = re.compile(rf'name="{CSRF_FIELD}" value="[^"]*"')
BROKEN_SECRET = "nowhere-to-be-found"
FILE_HEAD = "name,email,sworn_on,consent_by,consent_on,us-citizen\n"
Things = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Browser:
    """What a browser holds: its cookies as they are sent, and the token of its forms."""

    cookie: str
    token: str


@dataclass(slots=True)
class Town:
    """The site, its people with their browsers, and the things of each side by the names that addresses give them."""

    app: Application
    site: Site
    clock: FrozenClock
    made: Program
    things: Mapping[str, Things]
    browsers: dict[str, Browser] = field(default_factory=dict)
    template: Path = Path()
    _addresses: count = field(default_factory=lambda: count(1))  # type: ignore[type-arg] # count says nothing of its kind at run time

    @property
    def people(self) -> dict[str, Person]:
        """Everybody by the part they play."""
        cast = self.made.cast
        return {part.name: found for part in fields(cast) if isinstance(found := getattr(cast, part.name), Person)}

    def restore(self) -> None:
        """Undo everything that was written since everybody signed in, where that can be done."""
        if not self.template.name:
            return
        self.site.database.close()
        path = self.template.with_name("town.db")
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        shutil.copy(self.template, path)

    def asks(self, who: str, method: str, path: str, *, browser: Browser | None = None, **kwargs: Any) -> TestResponse:
        """One request as that person's browser sends it, from an address of its own, so that none is refused for asking too often."""
        held = browser or self.browsers[who]
        headers = {"Cookie": held.cookie, **kwargs.pop("headers", {})}
        n = next(self._addresses)
        place = {"REMOTE_ADDR": f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}"}
        client = self.app.test_client(use_cookies=False)
        return client.open(path, method=method, headers=headers, environ_overrides=place, buffered=True, **kwargs)

    def sends(self, who: str, path: str, fields: Mapping[str, Any], **kwargs: Any) -> TestResponse:
        """A form with the token of that person's browser."""
        return self.asks(who, "POST", path, data={CSRF_FIELD: self.browsers[who].token, **fields}, **kwargs)

    def address(self, endpoint: str, side: str = PALMETTO, **others: Any) -> str:
        """The address of a page about the things of a side."""
        rule = next(self.app.url_map.iter_rules(endpoint))
        with self.app.test_request_context():
            return self.app.url_for(endpoint, **{name: self.things[side][name] for name in rule.arguments} | others)


def told(answer: TestResponse) -> tuple[int, str]:
    """Status and body of an answer without the token of its forms."""
    return answer.status_code, TOKEN.sub("", answer.text)


def declared(app: Application, rule: Rule) -> Any:
    """Who the view of a route says may call it."""
    view: Any = app.view_functions[rule.endpoint]
    return view.access.needs


def methods_of(rule: Rule) -> list[str]:
    """The methods that a route answers by itself."""
    return sorted((rule.methods or set()) & {"GET", "POST"})


def may_call(town: Town, rule: Rule, who: str) -> bool:
    """Whether a person's role lets them call a route at all."""
    needs = declared(town.app, rule)
    if needs is PUBLIC:
        return True
    if who == NOBODY:
        return False
    return needs is SIGNED_IN or town.people[who].identity.may(needs)


def town_in(folder: Path, migrated: Path) -> Town:
    """A town on a copy of a migrated SQLite file, which can be restored."""
    path = folder / "town.db"
    shutil.copy(migrated, path)
    town = town_on(Database(f"sqlite:///{path}"), folder)
    town.site.database.close()
    town.template = folder / "template.db"
    shutil.copy(path, town.template)
    return town


def town_on(database: Database, folder: Path) -> Town:
    """Build everything in a migrated database, with keys below `folder`, and sign everybody in."""
    keyring.found(folder / "data", name="Delegated Authority Training", specimen=False, now=NOON - timedelta(hours=1))
    settings = Settings(data=folder / "data", compress=False, workers=1)
    clock = FrozenClock(NOON)
    site = open_site(settings, clock=clock, database=database, blobs=MemoryBlobs())
    with site.database.writing() as session:
        made = program(session, now=NOON)
        _bank(session, made)
        shared = _shared(session, made) | _records(session, made)
        ours = _side(session, made, shared, made.cast.officer, made.cast.coordinator, settings, "Zora Beckett")
        theirs = _side(session, made, shared, made.cast.outsider, made.cast.outsider_coordinator, settings, "Yusuf Calder")
        for things, officer in ((ours, made.cast.officer), (theirs, made.cast.outsider)):
            things["practice_id"] = an_enrollment(session, person=officer, offering_id=shared["practice_offering"], now=NOON)
            things.update(_marking(session, made, things["practice_id"], shared["practice_offering"]))
            things["failed_attempt_id"] = passes(session, made, things["practice_id"], now=NOON, passed=False)
        judge = another(session, name="Omar Haddad", role=Role.PROGRAM_OFFICER, now=NOON)
        for side, officer in ((ours, made.cast.officer), (theirs, made.cast.outsider)):
            side.update(exam_over(session, made, officer, now=NOON))
        asked = regrade(session, ours, judge, now=NOON)
        for side in (ours, theirs):
            side.update(asked)
        ours |= _paperwork(session, made, made.cast.coordinator, site.blobs)
        theirs |= _paperwork(session, made, made.cast.outsider_coordinator, site.blobs)
        shared |= emergency(session, made, ours, theirs, now=NOON)
        session.execute(delete(Lockdown))  # both officers sit an exam and still go about: the lockdown has tests of its own
    while sweeps.finish_papers(site):
        pass
    with site.database.writing() as session:
        for side, coordinator in ((ours, made.cast.coordinator), (theirs, made.cast.outsider_coordinator)):
            side.update(_authority(session, made, coordinator, side["number"], settings))
    letters.finish_letters(site)
    with site.database.writing() as session:
        for side, officer in ((ours, made.cast.officer), (theirs, made.cast.outsider)):
            side.update(watched(session, made, officer, side["attempt_id"], now=NOON))
    things = {PALMETTO: shared | ours, CEDAR_FALLS: shared | theirs, NOWHERE: _nothing()}
    town = Town(create_app(site), site, clock, made, things)
    _sign_in(town)
    return town


def _marking(session: Session, made: Program, enrollment_id: uuid.UUID, offering_id: uuid.UUID) -> Things:
    """A written answer that the instructor has opened, and a result that waits for a date."""
    answer_id = a_written_answer(session, enrollment_id=enrollment_id, now=NOON)
    a_held_result(session, enrollment_id=enrollment_id, now=NOON)
    turn_id = a_turn(session, answer_id=answer_id, marker_id=made.cast.instructor.user_id, now=NOON)
    return {"turn_id": turn_id, "held_offering_id": offering_id, "held_exam_id": "held-exam"}


def _bank(session: Session, made: Program) -> None:
    questions = [
        QuestionRevision(
            hash=f"town-{n}", question_id=f"town-{n}", objective="PROGRAM-1", content=content("PROGRAM-1", n), published_at=NOON
        )
        for n in range(3)
    ]
    session.add_all(questions)
    session.flush()
    session.add_all([BankQuestion(bank_hash=made.bank_hash, question_hash=one.hash) for one in questions])


def _shared(session: Session, made: Program) -> Things:
    lesson = str(made.lessons[0]["id"])
    head = courses.lesson_head(session, lesson)
    assert head is not None
    saved = courses_service.save_draft(
        session,
        actor=made.cast.instructor.identity,
        lesson_id=lesson,
        based_on=head.hash,
        seen=None,
        texts=Texts("Another text."),
        now=NOON,
    )
    publish_facts(session, actor=SYSTEM, facts={"IL-01": a_fact("IL-01")}, now=NOON)
    manifest = {key: value for key, value in head.courses[0].manifest.items() if key != "number"}
    unmarked = {**manifest, "exams": [{**exam, "cut_score": None} for exam in manifest["exams"]]}
    keep_without_mark(session, manifest=unmarked, newest=head.courses[0], note="", now=NOON)
    practice = a_class(session, now=NOON, course_hash=a_course(session, now=NOON, course="practice", practicals=1), title="Practice")
    return {
        "practice_offering": practice,
        **_rated(session, practice),
        "practical_id": "practice-practical-1",
        "fact_id": "IL-01",
        "bank_id": "program-bank",
        "question_id": "town-0",
        "report_id": "roster",
        "offering_id": made.offering_id,
        "lesson_id": lesson,
        "check_id": "check",
        "exam_id": EXAM,
        "course_id": COURSE,
        "position": 1,
        "based_on": head.hash,
        "draft": str(saved.draft.id),
        "course_hash": session.scalar(select(Offering.course_hash)),
        "in_person": a_course(session, now=NOON, course="in-person", minutes={"reading": 20, "instruction": 40}),
        **_full_class(session, made),
    }


def _rated(session: Session, offering_id: uuid.UUID) -> Things:
    """Two officers rated in a practical exercise: about one the raters differ, the other failed, which raised an alarm."""
    raters = [another(session, name=name, role=Role.INSTRUCTOR, now=NOON) for name in ("Nell Arroyo", "Iris Takeda")]
    agency = session.scalars(select(Agency.id).order_by(Agency.name.desc())).first()
    officers = [another(session, name=name, role=Role.OFFICER, agency_id=agency, now=NOON) for name in ("Ada Falk", "Bo Grant")]
    differing, failed = (an_enrollment(session, person=one, offering_id=offering_id, now=NOON) for one in officers)
    met = {name: Given(Practiced.MET) for name in ("C1", "C2", "C3")}
    missed = {**met, "C1": Given(Practiced.NOT_MET, "Never looked at the paper")}
    for enrollment_id, sheets in ((differing, (met, missed)), (failed, (missed, missed))):
        for rater, given in zip(raters, sheets, strict=True):
            sent = Rating(NOON.date(), given)
            where: Things = {"enrollment_id": enrollment_id, "practical_id": "practice-practical-1"}
            practicals.rate(session, actor=rater.identity, rating=sent, now=NOON, **where)
    return {"differing_id": differing, "failed_id": failed}


def _full_class(session: Session, made: Program) -> Things:
    """A class of one place, which is taken, and somebody who waits for it."""
    course_hash = session.scalars(select(Offering.course_hash).where(Offering.id == made.offering_id)).one()
    plan = a_plan(title="Full class", capacity=1)
    offering_id = classes.open_offering(session, actor=SYSTEM, course_hash=course_hash, plan=plan, now=NOON)
    names = ("Early Bird", "Late Riser")
    people = [another(session, name=name, role=Role.OFFICER, agency_id=made.cast.palmetto, now=NOON) for name in names]
    nominated = [a_nomination(session, person=one, now=NOON) for one in people]
    for one in nominated:
        enrolling.enroll(session, actor=SYSTEM, offering_id=offering_id, nomination_ids=[one], now=NOON)
    return {"full_class_id": offering_id, "place": 1}


def _side(session: Session, made: Program, shared: Things, officer: Person, coordinator: Person, settings: Settings, guest: str) -> Things:
    for one in (officer, coordinator):
        accounts.read_notice(session, actor=one.identity, edition=notice.EDITION, now=NOON)
    first = trained(session, made, now=NOON, officer=officer)
    terms = Terms.of(settings)
    (number,) = certificates.issue(session, actor=made.certifier.identity, enrollment_ids=[first], terms=terms, now=NOON)
    enrollment_id = _second_enrollment(session, made, officer)
    code = starting.admit(
        session, actor=made.cast.proctor.identity, enrollment_id=enrollment_id, exam_id=EXAM, identity_document="Badge", now=NOON
    )
    attempt_id = starting.start(session, actor=officer.identity, enrollment_id=enrollment_id, exam_id=EXAM, code=code, now=NOON)
    (message_id,) = messages.send(session, actor=made.cast.proctor.identity, attempt_ids=[attempt_id], text="Ten more minutes", now=NOON)
    invited = accounts.invite(
        session,
        actor=SYSTEM,
        email=f"{guest.split(maxsplit=1)[0].lower()}@example.gov",
        name=guest,
        role=Role.OFFICER,
        agency_id=officer.agency_id,
        now=NOON,
    )
    session.flush()
    deputy = another(session, name=f"Deputy {guest}", role=Role.ADMINISTRATOR, now=NOON)
    awaited: dict[str, Any] = {"actor": deputy.identity, "role": Role.PROCTOR, "agency_id": None, "now": NOON}
    accounts.invite(session, email=f"staff.{guest.split(maxsplit=1)[0].lower()}@example.gov", name=f"Staff {guest}", **awaited)
    granting.propose(session, user_id=officer.user_id, form_id=new_id(), **awaited)
    session.flush()
    recruit = another(session, name=f"Recruit {guest}", role=Role.OFFICER, agency_id=officer.agency_id, now=NOON)
    link = renewal.make_password_link(session, actor=made.cast.administrator.identity, user_id=officer.user_id, form_id=new_id(), now=NOON)
    return _sitting(session, made, officer, enrollment_id) | {
        "agency_id": officer.agency_id,
        "enrollment_id": enrollment_id,
        "attempt_id": attempt_id,
        "message_id": message_id,
        "number": display(number),
        "secret": invited,
        "password_secret": link,
        "invitation_id": session.scalars(select(Invitation.id).where(Invitation.name == guest)).one(),
        "staff_invitation_id": session.scalars(select(Invitation.id).where(Invitation.name == f"Staff {guest}")).one(),
        "role_proposal_id": session.scalars(select(GrantProposal.id).where(GrantProposal.user_id == officer.user_id)).one(),
        "factor_id": session.scalars(select(Factor.id).where(Factor.user_id == coordinator.user_id)).one(),
        "grant_id": session.scalars(select(Grant.id).where(Grant.user_id == officer.user_id)).one(),
        "user_id": officer.user_id,
        "officer_id": officer.officer_id,
        "recruit_nomination": str(a_nomination(session, person=recruit, now=NOON)),
        "day": 1,
        "make_up_id": _made_up(session, made, officer, shared["in_person"]),
        "elsewhere": str(made.cast.cedar_falls if officer.agency_id == made.cast.palmetto else made.cast.palmetto),
        "notice_id": _notice(session, officer),
    }


def _sitting(session: Session, made: Program, officer: Person, enrollment_id: uuid.UUID) -> Things:
    """A sitting of the officer's second class, open now, with the proctor by name and a ticket; and an accommodation."""
    actor, proctor = made.cast.administrator.identity, made.cast.proctor.identity
    offering_id = session.scalars(select(Enrollment.offering_id).where(Enrollment.id == enrollment_id)).one()
    plan = SittingPlan(NOON - timedelta(minutes=5), NOON + timedelta(hours=6), SittingMode.ROOM, "Training room 2", capacity=2)
    sitting_id = sittings.plan_sitting(session, actor=actor, offering_id=offering_id, exam_id=EXAM, plan=plan, now=NOON)
    placing.name_proctor(session, actor=actor, sitting_id=sitting_id, user_id=made.cast.proctor.user_id, now=NOON)
    session.flush()
    placing.place_officers(session, actor=actor, sitting_id=sitting_id, enrollment_ids=[enrollment_id], now=NOON)
    tickets.issue(session, actor=proctor, sitting_id=sitting_id, enrollment_ids=[enrollment_id], now=NOON)
    asked = accommodating.Asked(TimeGrant(150), Category.OTHER, "Ana Ortiz", NOON)
    granted = accommodating.grant(session, actor=actor, officer_id=officer.officer, asked=asked, now=NOON)
    return {"sitting_id": sitting_id, "proctor_id": made.cast.proctor.user_id, "accommodation_id": granted}


def _made_up(session: Session, made: Program, officer: Person, course_hash: str) -> uuid.UUID:
    """A class that must be attended, a day of it missed, and part of that made up."""
    offering_id = a_class(session, now=NOON, course_hash=course_hash, title=f"Resident class of {officer.name}")
    enrollment_id = an_enrollment(session, person=officer, offering_id=offering_id, now=NOON)
    actor = made.cast.instructor.identity
    entries = {enrollment_id: Entry(Mark.ABSENT, 0)}
    attendance.record_day(session, actor=actor, offering_id=offering_id, day=1, entries=entries, reason="", now=NOON)
    done: dict[str, Any] = {"minutes": 30, "what": "One-to-one instruction", "held_on": NOON.date()}
    return attendance.make_up(session, actor=actor, enrollment_id=enrollment_id, day=1, now=NOON, **done)


def _notice(session: Session, officer: Person) -> uuid.UUID:
    key = f"town:{officer.user_id}"
    notices.write(
        session,
        kind=Kind.RESULT,
        key=key,
        to=Recipient(officer.name, officer.email, officer.user_id),
        facts=WORDINGS[Kind.RESULT].facts,
        path="/",
        now=NOON,
    )
    return session.scalars(select(Notice.id).where(Notice.key == key)).one()


def _records(session: Session, made: Program) -> Things:
    """A class of records with a schedule, a hold, and a disposal that somebody else than the administrator proposed."""
    actor, old = made.cast.administrator.identity, NOON - timedelta(days=2000)
    retention.set_schedule(session, actor=actor, record_class=RecordClass.NOTICES, years=3, authority="Schedule 4, item 2", now=NOON)
    hold_id = retention.hold(session, actor=actor, record_class=RecordClass.SESSIONS, officer="", reason="A case", now=NOON)
    facts = WORDINGS[Kind.RESULT].facts
    notices.write(session, kind=Kind.RESULT, key="town:old", to=Recipient("Old", "old@example.gov"), facts=facts, path="/", now=old)
    session.flush()
    other = made.cast.supervisor.identity
    proposal_id = retention.propose(session, actor=other, record_class=RecordClass.NOTICES, reason="Review", now=NOON)
    return {"class_name": str(RecordClass.NOTICES), "hold_id": hold_id, "proposal_id": proposal_id}


def _paperwork(session: Session, made: Program, coordinator: Person, blobs: BlobStore) -> Things:
    """An agreement with a document, one for a mass influx, and nominations: undecided, by file, and approved."""
    actor, agency_id = coordinator.identity, coordinator.agency_id
    influx = paperwork.agreement(session, made.cast, "influx-2003", agency=agency_id)
    agreement_id = paperwork.operational(session, made.cast, agency=agency_id)
    stored: dict[str, Any] = {"digest": blobs.put(paperwork.PDF), "size": len(paperwork.PDF)}
    document_id = agreements.add_document(
        session, actor=made.cast.program_officer.identity, agreement_id=agreement_id, title="Agreement", now=NOON, **stored
    )
    named = coordinator.name.split(maxsplit=1)[0]
    waiting, approved = (
        nominations.nominate(session, actor=actor, agreement_id=agreement_id, candidate=paperwork.candidate(f"{first} {named}"), now=NOON)
        for first in ("Jo", "Ada")
    )
    nominations.decide(
        session, actor=made.cast.program_officer.identity, nomination_id=approved, outcome=Outcome.APPROVED, reason="Fit", now=NOON
    )
    text = f"{FILE_HEAD}Lou {named},lou.{named}@example.gov,2020-03-01,Sheriff Ana Ortiz,2026-11-01,yes\n"
    batch_id, _ = nominations.take_in(session, actor=actor, agreement_id=agreement_id, text=text, now=NOON)
    told = select(AuditEntry.id).where(AuditEntry.object_id == str(waiting))
    return {
        "agreement_id": agreement_id,
        "influx_id": influx,
        "document_id": document_id,
        "nomination_id": waiting,
        "approved_id": approved,
        "batch_id": batch_id,
        "entry_id": session.scalars(told).one(),
    }


def _authority(session: Session, made: Program, coordinator: Person, shown: str, settings: Settings) -> Things:
    """A certification list, an authorization with everything that hangs on it, a complaint, and an answer."""
    cast, number = made.cast, shown.replace("-", "")
    officer = cast.officer if coordinator is cast.coordinator else cast.outsider
    found = office(session, now=NOON, made=made, coordinator=coordinator)
    certification_id = found.lists(session, number, now=NOON, terms=Terms.of(settings))
    nominated(session, made, officer, "wso-2025", now=NOON)
    authorization_id = found.authorizes(session, number, now=NOON, terms=Terms.of(settings))
    step = found.moves
    step(session, authorization_id, MoveKind.WITHDRAWAL, now=NOON, effective_at=NOON + timedelta(days=200), reason=Reason.LEFT)
    property_id = authorizing.hand_out(
        session,
        actor=cast.supervisor.identity,
        authorization_id=authorization_id,
        kind="Credential",
        serial="C-12",
        issued_on=NOON.date(),
        now=NOON,
    )
    told = Report(NOON, Source.PUBLIC, "Rude at the counter", may_bring_discipline=False)
    complaint_id = complaints.report(
        session, actor=cast.supervisor.identity, authorization_id=authorization_id, told=told, form_id=new_id(), now=NOON
    )
    question = Question(officer.officer, "arrest-warrants", "45", NOON, NOON)
    notices = {row.complaint_id: row.id for row in session.scalars(select(NoticeDue).where(NoticeDue.authorization_id == authorization_id))}
    return {
        "certification_id": certification_id,
        "certificate_id": session.scalars(select(Certificate.id).where(Certificate.number == number)).one(),
        "authorization_id": authorization_id,
        "own_agreement_id": found.agreement_id,
        "property_id": property_id,
        "complaint_id": complaint_id,
        "due_id": notices[None],
        "complaint_due_id": notices[complaint_id],
        "requirement_id": session.scalars(
            select(RefresherRequirement.id).where(RefresherRequirement.authorization_id == authorization_id)
        ).one(),
        "receipt_id": answering.ask(session, actor=cast.verifier.identity, question=question, now=NOON),
    }


def _second_enrollment(session: Session, made: Program, officer: Person) -> uuid.UUID:
    course_hash = session.scalars(select(Offering.course_hash).where(Offering.id == made.offering_id)).one()
    offering_id = a_class(session, now=NOON, course_hash=course_hash, title=f"Second class of {officer.name}")
    enrollment_id = an_enrollment(session, person=officer, offering_id=offering_id, now=NOON)
    completes(session, made, enrollment_id, now=NOON)
    return enrollment_id


def _nothing() -> Things:
    nil = uuid.UUID(int=0)
    ids = (
        *("staff_invitation_id", "role_proposal_id", "factor_id"),
        *("practice_id", "agency_id", "enrollment_id", "attempt_id", "invitation_id", "grant_id", "user_id", "offering_id", "session_id"),
        *("officer_id", "make_up_id", "full_class_id", "practice_offering", "differing_id", "failed_id", "failed_attempt_id"),
        *("declaration_id", "act_id", "order_id", "waiting_order_id", "own_order_id", "extension_id"),
        *("agreement_id", "influx_id", "document_id", "nomination_id", "approved_id", "batch_id", "entry_id", "notice_id"),
        *("certification_id", "certificate_id", "authorization_id", "property_id", "complaint_id", "due_id", "complaint_due_id"),
        *("requirement_id", "receipt_id", "own_agreement_id"),
        *("hold_id", "proposal_id", "turn_id", "held_offering_id", "message_id"),
        *("over_id", "challenge_id", "appeal_id", "request_id"),
        *("sitting_id", "proctor_id", "accommodation_id"),
        *("console_id", "closed_id", "seated_id", "incident_id", "act_request_id"),
    )
    return dict.fromkeys(ids, nil) | {
        "act": "message",
        "number": display(mint(CertificateClass.FULL, b"0123456789")),
        "secret": BROKEN_SECRET,
        "password_secret": BROKEN_SECRET,
        "lesson_id": "nowhere",
        "report_id": "nowhere",
        "practical_id": "nowhere",
        "fact_id": "nowhere",
        "bank_id": "nowhere",
        "question_id": "nowhere",
        "check_id": "check",
        "exam_id": EXAM,
        "course_id": "nowhere",
        "position": 1,
        "question_hash": "nowhere",
        "regrade_digest": "nowhere",
        "based_on": "0" * 64,
        "draft": str(nil),
        "course_hash": "0" * 64,
        "recruit_nomination": str(nil),
        "day": 99,
        "place": 99,
        "elsewhere": str(nil),
        "recruit_id": str(nil),
        "kind": "publication",
        **dict.fromkeys(("short_id", "whole_id"), str(nil)),
        "class_name": "nothing",
        "held_exam_id": "nothing",
    }


def _sign_in(town: Town) -> None:
    for who, person in town.people.items():
        visitor = Visitor(town.app).signs_in_as(person)
        town.browsers[who] = _browser(visitor)
    visitor = Visitor(town.app)
    visitor.opens("/sign-in")
    town.browsers[NOBODY] = _browser(visitor)
    with town.site.database.reading() as session:
        for side, person in ((PALMETTO, town.made.cast.officer), (CEDAR_FALLS, town.made.cast.outsider)):
            asked = select(UserSession.id).where(UserSession.user_id == person.user_id)
            town.things[side]["session_id"] = session.scalars(asked).one()


def _browser(visitor: Visitor) -> Browser:
    token = visitor.token()
    cookie = visitor.client.get_cookie("lms")
    assert cookie is not None, "the browser was given no cookie"
    return Browser(f"lms={cookie.value}", token)
