"""What happened in the demonstration, done by the services as in a real program."""

import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from lms.accounts import factor_service as factors
from lms.accounts import granting, notice, passwords
from lms.accounts import service as accounts
from lms.accounts.factor_rules import unused_code
from lms.accounts.permissions import Role
from lms.accounts.rules import SYSTEM, Identity, identity_with, normalized_name
from lms.accounts.vault import vault_in
from lms.agencies import agreement_service as agreements
from lms.agencies import nomination_service as nominations
from lms.agencies import place_service as places
from lms.agencies import service as agencies
from lms.agencies.agreement_rules import Basis, Component, State, Step
from lms.agencies.agreement_service import Draft
from lms.agencies.nomination_queries import today_in
from lms.agencies.nomination_rules import Candidate, Outcome
from lms.agencies.rules import AgencyKind
from lms.app import work_off
from lms.authorizations import authorizing, certifying
from lms.authorizations import service as authorizations
from lms.authorizations.certifying import ZONE, Act
from lms.authorizations.queries import Supervisor
from lms.certificates import queries as certificates
from lms.certificates import reserving
from lms.certificates import service as issuing
from lms.certificates.reserving import Terms
from lms.certificates.rules import RevocationReason
from lms.courses import queries as courses
from lms.demo import influx as demo_influx
from lms.demo import practice
from lms.demo import rulings as demo_rulings
from lms.demo import sitting as demo_sitting
from lms.demo.cast import (
    ARGUES,
    CAST,
    COURSE,
    EXAM,
    HEADS,
    PASSWORD,
    PLACES,
    POLICE,
    PRACTICE,
    SHERIFF,
    TRAINED,
    WAITING,
    Member,
)
from lms.enrollments import queries as classes
from lms.enrollments import service as enrollments
from lms.enrollments.attendance import service as attendance
from lms.enrollments.attendance.rules import Entry, Mark
from lms.enrollments.enrolling import service as enrolling
from lms.enrollments.lessons import service as lessons
from lms.enrollments.lessons.service import Choice
from lms.enrollments.rules import Mode, Plan
from lms.enrollments.timetable import queries as timetables
from lms.exams import queries as sheets
from lms.exams import service as exams
from lms.exams import starting
from lms.exams.service import Change
from lms.influx import order_queries, order_service
from lms.kernel.ids import new_id, token
from lms.places.rules import BY_POSTAL
from lms.questions import security
from lms.web.site import Site


@dataclass(slots=True)
class Filling:
    """Fills a site through the same services that its pages call, at moments in the recent past."""

    site: Site
    start: datetime
    identities: dict[str, Identity] = field(default_factory=dict)
    agencies: dict[str, uuid.UUID] = field(default_factory=dict)
    agreements: dict[str, uuid.UUID] = field(default_factory=dict)
    nominations: list[uuid.UUID] = field(default_factory=list)
    offering: uuid.UUID = field(default_factory=new_id)
    enrollments: dict[str, uuid.UUID] = field(default_factory=dict)
    called_up: dict[str, uuid.UUID] = field(default_factory=dict)
    ahead: list[uuid.UUID] = field(default_factory=list)

    def fill(self) -> None:
        """Everything, in the order in which it happened; one transaction for each act of the story."""
        with self.site.database.writing() as session:
            self._agencies(session)
            self._people(session)
            self._awaits_a_second_person(session)
            for name in self.agencies:
                self._agreement(session, name)
            self._class(session)
        for member in CAST:
            if member.role is Role.OFFICER and not member.called_up:
                with self.site.database.writing() as session:
                    self._trains(session, member)
        with self.site.database.writing() as session:
            self._attendance(session)
        with self.site.database.writing() as session:
            demo_rulings.argue(session, officer=self.identities[ARGUES], enrollment_id=self.enrollments[ARGUES])
        self._influx()
        self._practices()
        self._certifies()
        self._authorizes()
        self._sitting()

    def _sitting(self) -> None:
        """An exam in a room that is open now: one officer takes the retake with time and a half, the other has lessons left."""
        actor, devon = self._first(Role.ADMINISTRATOR), self.identities["Devon Marsh"]
        officers = [self.enrollments[name] for name in ("Devon Marsh", "Riley Park")]
        asked: dict[str, Any] = {"offering_id": self.offering, "exam_id": EXAM, "officers": officers, "now": self.site.clock.now()}
        with self.site.database.writing() as session:
            if devon.officer_id is not None:
                demo_sitting.grant_time(session, actor=actor, officer_id=devon.officer_id, now=self.site.clock.now())
            demo_sitting.plan_sitting(session, actor=actor, proctor=self._first(Role.PROCTOR), **asked)

    def _attendance(self, session: Session) -> None:
        """The first day as the instructor recorded it: two came late or not at all."""
        marks = dict.fromkeys(self.enrollments, Mark.PRESENT) | {"Riley Park": Mark.LATE, "Avery Quill": Mark.ABSENT}
        offering = classes.offering(session, offering_id=self.offering, now=self.site.clock.now())
        whole = timetables.timetable(session, offering=offering, now=self.site.clock.now()).days[0].course_day.counted if offering else 0
        entries = {
            self.enrollments[name]: Entry(mark, {Mark.PRESENT: whole, Mark.LATE: whole - 30}.get(mark, 0)) for name, mark in marks.items()
        }
        told: dict[str, Any] = {"offering_id": self.offering, "day": 1, "entries": entries, "reason": ""}
        attendance.record_day(session, actor=self._first(Role.INSTRUCTOR), now=self.site.clock.now(), **told)

    def _agencies(self, session: Session) -> None:
        for name, kind, state, zone, county in (
            (SHERIFF, AgencyKind.SHERIFF, "FL", "America/New_York", "12087"),
            (POLICE, AgencyKind.POLICE, "NV", "America/Los_Angeles", "32023"),
        ):
            made = agencies.create_agency(session, actor=SYSTEM, name=name, kind=kind, state=state, time_zone=zone, now=self.start)
            places.keep_counties(session, actor=SYSTEM, agency_id=made, fips=[county], now=self.start)
            self.agencies[name] = made

    def _people(self, session: Session) -> None:
        hashed = passwords.hashed(PASSWORD, fips=self.site.settings.fips)
        for member in CAST:
            agency_id = self.agencies.get(member.agency)
            secret = accounts.invite(
                session, actor=SYSTEM, email=member.email, name=member.name, role=member.role, agency_id=agency_id, now=self.start
            )
            welcome = agencies.take_up(session, secret=secret, name=member.name, password_hash=hashed, now=self.start)
            who = identity_with(
                frozenset({member.role}),
                user_id=welcome.user_id,
                name=member.name,
                email=member.email,
                officer_id=welcome.officer_id,
                agency_ids=frozenset({agency_id} if agency_id else ()),
            )
            self.identities[member.name] = who
            if member.totp:
                self._code_app(session, who, member.totp)
            accounts.read_notice(session, actor=who, edition=notice.EDITION, now=self.start)

    def _awaits_a_second_person(self, session: Session) -> None:
        """One administrator proposed a role for the instructor; the other one finds it waiting."""
        whom, form_id = self._first(Role.INSTRUCTOR).user_id, new_id()
        if whom is not None:
            proposal: dict[str, Any] = {"user_id": whom, "role": Role.PROCTOR, "agency_id": None, "form_id": form_id}
            granting.propose(session, actor=self._first(Role.ADMINISTRATOR), now=self.site.clock.now(), **proposal)

    def _code_app(self, session: Session, who: Identity, secret: str) -> None:
        code = unused_code(secret, after=0, now=self.start) or ""
        vault = vault_in(self.site.settings.data)
        factors.add_code_app(session, actor=who, vault=vault, secret=secret, typed=code, name="Code app", now=self.start)

    def _agreement(self, session: Session, agency: str) -> None:
        """The agency's signed agreement for the course's model, and its nominees: those of the cast approved, and some who wait."""
        officer, before = self._first(Role.PROGRAM_OFFICER), self.start - timedelta(days=60)
        agency_id = self.agencies[agency]
        head = HEADS[agency]
        letter = agreements.record_letter(
            session, actor=officer, agency_id=agency_id, models=["WSO"], signed_by=head, dated_on=before.date(), now=before
        )
        functions = ("arrest-warrants", "removal-warrants")
        draft = Draft(
            "wso-2025", Basis.SECTION_287G, Component.ICE, contingency=False, functions=functions, letter_id=letter, effective_at=before
        )
        agreement = agreements.draft_agreement(session, actor=officer, agency_id=agency_id, draft=draft, form_id=new_id(), now=before)
        self.agreements[agency] = agreement
        for number, state in enumerate((State.SIGNED, State.OPERATIONAL), 1):
            session.flush()
            at = before + timedelta(days=10 * number)
            step = Step(state, at, "Signed by both" if state is State.SIGNED else "The program began here")
            agreements.move_agreement(session, actor=officer, agreement_id=agreement, step=step, now=at)
        coordinator = self._coordinator(agency)
        for member in self._officers_of(agency, called_up=False):
            nominated = self._nominates(session, coordinator, agreement, member.name, member.email, head)
            nominations.decide(
                session,
                actor=officer,
                nomination_id=nominated,
                outcome=Outcome.APPROVED,
                reason="Every condition is met.",
                now=self.start - timedelta(days=6),
            )
            session.flush()  # screening looks at the decision
            nominations.screen(
                session,
                actor=officer,
                nomination_id=nominated,
                test="background",
                met=True,
                note="Cleared",
                now=self.start - timedelta(days=5),
            )
            self.nominations.append(nominated)
        for name in WAITING[agency]:
            self._nominates(
                session, coordinator, agreement, name, f"{normalized_name(name).replace(' ', '.')}@{PLACES[agency]}.example", head
            )

    def _coordinator(self, agency: str) -> Identity:
        return next(self.identities[one.name] for one in CAST if one.role is Role.COORDINATOR and one.agency == agency)

    def _officers_of(self, agency: str, *, called_up: bool) -> list[Member]:
        return [one for one in CAST if one.role is Role.OFFICER and one.agency == agency and bool(one.called_up) is called_up]

    def _nominates(self, session: Session, coordinator: Identity, agreement: uuid.UUID, name: str, email: str, head: str) -> uuid.UUID:
        at = self.start - timedelta(days=20)
        answers = {"us-citizen": True, "has-enforced": True, "discipline-consent": True}
        candidate = Candidate(name, email, at.date() - timedelta(days=4 * 365), answers, head, at.date())
        made = nominations.nominate(session, actor=coordinator, agreement_id=agreement, candidate=candidate, now=at)
        session.flush()
        return made

    def _class(self, session: Session) -> None:
        administrator = self._first(Role.ADMINISTRATOR)
        course = courses.head(session, COURSE)
        if course is None:
            message = "The shipped course must be published before the demonstration is filled."
            raise RuntimeError(message)
        offering = enrollments.open_offering(
            session,
            actor=administrator,
            course_hash=course.hash,
            plan=self._plan(),
            now=self.start,
        )
        self.offering = offering
        enrolling.enroll(session, actor=administrator, offering_id=offering, nomination_ids=self.nominations, now=self.start)
        self.enrollments = {one.name: one.enrollment_id for one in classes.roster(session, offering_id=offering)}

    def _plan(self) -> Plan:
        instructor = self._first(Role.INSTRUCTOR).user_id
        return Plan(
            title="WSO class 26-04",
            starts_on=self.start.date(),
            ends_on=(self.start + timedelta(days=45)).date(),
            time_zone="America/New_York",
            mode=Mode.BLENDED,
            place="Training room 2, Palmetto County Sheriff's Office",
            state="FL",
            capacity=20,
            instructors=frozenset({instructor} if instructor else ()),
            weekends=True,
        )

    def _first(self, role: Role) -> Identity:
        return self.identities[next(member.name for member in CAST if member.role is role)]

    def _trains(self, session: Session, member: Member) -> None:
        who, enrollment_id = self.identities[member.name], self.enrollments[member.name]
        now = self.start + timedelta(hours=26)
        for lesson_id, lesson_hash in self._lessons(session)[: member.lessons]:
            now = self._takes(session, who, enrollment_id, lesson_id, lesson_hash, now)
        for right in member.scores:
            now = self._sits(session, who, enrollment_id, right, now + timedelta(hours=20))

    def _influx(self) -> None:
        """A fictional declaration, an activated agreement, an order, and one officer who finishes the short form of the course."""
        first, second = (self.identities[member.name] for member in CAST if member.role is Role.PROGRAM_OFFICER)
        actors, now = demo_influx.Actors(first, second), self.start + timedelta(days=4)
        covered = [member for agency in self.agencies for member in self._officers_of(agency, called_up=True)]
        with self.site.database.writing() as session:
            under, _ = (demo_influx.agree(session, actor=first, agency_id=one, now=self.start) for one in self.agencies.values())
            coordinator, before = self._coordinator(SHERIFF), self.start + timedelta(days=1)
            nominees, head = [(one.name, one.email) for one in covered], HEADS[SHERIFF]
            self.ahead = demo_influx.nominate(
                session, coordinator=coordinator, decider=first, agreement_id=under, head=head, nominees=nominees, now=before
            )
            declaration_id = demo_influx.declare(session, actors=actors, agreement_id=under, now=now)
            officers = {self.identities[one.name].officer_id or under: under for one in covered}
            offering = demo_influx.order(session, actors=actors, declaration_id=declaration_id, officers=officers, now=now)
            self.called_up = {one.name: one.enrollment_id for one in classes.roster(session, offering_id=offering)}
        for member in CAST:
            if member.called_up == TRAINED:
                with self.site.database.writing() as session:
                    self._responds(session, self.identities[member.name], self.called_up[member.name], now)

    def _responds(self, session: Session, who: Identity, enrollment_id: uuid.UUID, now: datetime) -> None:
        (own,) = order_queries.own_orders(session, actor=who)
        order_service.acknowledge(session, actor=who, order_id=own.order.id, now=now)
        for lesson_id, lesson_hash in self._lessons(session, demo_influx.SHORT):
            now = self._takes(session, who, enrollment_id, lesson_id, lesson_hash, now)
        self._sits(session, who, enrollment_id, 26, now, exam=demo_influx.EXAM)

    def _practices(self) -> None:
        """A class of two on the practice course: the exam of one waits for a mark, that of the other is open."""
        at = self.start + timedelta(days=5)
        with self.site.database.writing() as session:
            plan = replace(self._plan(), title="Practice 26-01", mode=Mode.ONLINE, place="", state="", instructors=frozenset())
            course = courses.head(session, PRACTICE)
            if course is None:
                return
            administrator = self._first(Role.ADMINISTRATOR)
            offering = enrollments.open_offering(session, actor=administrator, course_hash=course.hash, plan=plan, now=at)
            enrolling.enroll(session, actor=administrator, offering_id=offering, nomination_ids=self.ahead, now=at)
            places = {one.name: one.enrollment_id for one in classes.roster(session, offering_id=offering)}
        for member in CAST:
            if member.name in places:
                with self.site.database.writing() as session:
                    now = at
                    for lesson_id, lesson_hash in self._lessons(session, PRACTICE):
                        now = self._takes(session, self.identities[member.name], places[member.name], lesson_id, lesson_hash, now)
                    if member.called_up == TRAINED:
                        practice.sit(session, who=self.identities[member.name], enrollment_id=places[member.name], now=now)

    def _lessons(self, session: Session, course_id: str = COURSE) -> list[tuple[str, str]]:
        course = courses.head(session, course_id)
        return [(lesson.id, lesson.hash) for module in courses.outline_of(course.manifest) for lesson in module.lessons] if course else []

    def _takes(
        self, session: Session, who: Identity, enrollment_id: uuid.UUID, lesson_id: str, lesson_hash: str, now: datetime
    ) -> datetime:
        for _ in range(16):
            lessons.beat(session, actor=who, enrollment_id=enrollment_id, lesson_id=lesson_id, now=now)
            now += timedelta(seconds=58)
        for check_id in courses.check_ids(session, lesson_hash):
            key = courses.check_key(session, lesson_hash, check_id)
            choice = Choice(check_id, key.correct if key else "")
            lessons.answer_check(session, actor=who, enrollment_id=enrollment_id, lesson_id=lesson_id, choice=choice, now=now)
            now += timedelta(seconds=20)
        lessons.complete(session, actor=who, enrollment_id=enrollment_id, lesson_id=lesson_id, now=now)
        session.flush()
        return now + timedelta(minutes=12)

    def _sits(self, session: Session, who: Identity, enrollment_id: uuid.UUID, right: int, now: datetime, exam: str = EXAM) -> datetime:
        proctor = self._first(Role.PROCTOR)
        security.sign(session, actor=proctor, now=now)
        code = starting.admit(
            session, actor=proctor, enrollment_id=enrollment_id, exam_id=exam, identity_document="Agency photo ID", now=now
        )
        attempt = starting.start(session, actor=who, enrollment_id=enrollment_id, exam_id=exam, code=code, now=now)
        paper = sheets.sheet(session, actor=who, attempt_id=attempt).paper_hash
        for question in sheets.keys(session, paper_hash=paper):
            now += timedelta(seconds=48)
            exams.note_view(session, attempt_id=attempt, position=question.position, now=now)
            shown = sheets.question(session, paper_hash=paper, position=question.position)
            wrong = next(one.id for one in shown.choices if one.id != question.key)
            choice = question.key if question.position <= right else wrong
            change = Change(question.position, choice, flagged=False, revision=0, key=token())
            exams.answer(session, actor=who, attempt_id=attempt, change=change, now=now)
        exams.submit(session, actor=who, attempt_id=attempt, now=now)
        return now

    def _certifies(self) -> None:
        certifier, now = self._first(Role.CERTIFIER), self.site.clock.now()
        chosen = [self.enrollments[member.name] for member in CAST if member.certified]
        chosen += [self.called_up[member.name] for member in CAST if member.called_up == TRAINED]
        with self.site.database.writing() as session:
            reserving.issue(session, actor=certifier, enrollment_ids=chosen, terms=Terms.of(self.site.settings), now=now)
        work_off(self.site)
        for member in CAST:
            if member.revoked:
                self._revokes(member, certifier, now)

    def _revokes(self, member: Member, certifier: Identity, now: datetime) -> None:
        with self.site.database.writing() as session:
            enrollment_id = self.enrollments[member.name]
            number = next(one.number for one in certificates.certificates(session) if one.enrollment_id == enrollment_id)
            note = "Part of the demonstration: the retake was proctored by the officer's own supervisor."
            issuing.revoke(session, actor=certifier, number=number, reason=RevocationReason.EXAM, note=note, now=now)

    def _authorizes(self) -> None:
        """ICE certifies in writing who stands; a supervisor authorizes some of them, and hands out a credential."""
        now, terms, supervisor = self.site.clock.now(), Terms.of(self.site.settings), self._first(Role.SUPERVISOR)
        with self.site.database.writing() as session:
            ids = [row.certificate_id for row in certifying.waiting(session)]
            act = Act(ids, "Rowan Castellane", "Deputy Assistant Director (fictional)", today_in(ZONE, now))
            certifying.certify(session, actor=self._first(Role.CERTIFIER), act=act, terms=terms, form_id=new_id(), now=now)
        for member in CAST:
            if member.authorized:
                with self.site.database.writing() as session:
                    self._authorizes_one(session, member, supervisor, now)
        work_off(self.site)

    def _authorizes_one(self, session: Session, member: Member, supervisor: Identity, now: datetime) -> None:
        number = next(one.number for one in certificates.certificates(session) if one.enrollment_id == self.enrollments[member.name])
        offered = authorizing.offer(session, number=number, now=now)
        under = authorizing.agreement_of(session, offered, agreement_id=self.agreements[member.agency])
        told = Supervisor(
            supervisor.name, "Supervisory Detention and Deportation Officer", "555-0142", supervisor.email, "Miami (fictional)"
        )
        places, today = (BY_POSTAL[offered.agency.state].fips,), today_in(offered.agency.time_zone, now)
        letter = authorizing.Draft(under.id, under.functions, places, today, None, told)
        made = authorizing.authorize(
            session, actor=supervisor, number=number, draft=letter, terms=Terms.of(self.site.settings), form_id=new_id(), now=now
        )
        handed = {"kind": "Credential", "serial": "DEMO-0001", "issued_on": today}
        authorizations.hand_out(session, actor=supervisor, authorization_id=made, now=now, **handed)  # type: ignore[arg-type] # each of its own type
