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
from lms.agencies import place_service as places
from lms.agencies import service as agencies
from lms.agencies.nomination_queries import today_in
from lms.agencies.rules import AgencyKind
from lms.app import work_off
from lms.authorizations import authorizing, certifying
from lms.authorizations import queries as authority
from lms.authorizations import service as authorizations
from lms.authorizations.certifying import ZONE, Act
from lms.authorizations.queries import Supervisor
from lms.certificates import queries as certificates
from lms.certificates import reserving
from lms.certificates import service as issuing
from lms.certificates.reserving import Terms
from lms.certificates.rules import RevocationReason
from lms.demo import agreements, jail, oversight, practice, task_force, training
from lms.demo import influx as demo_influx
from lms.demo import rulings as demo_rulings
from lms.demo import sitting as demo_sitting
from lms.demo.agreements import Office
from lms.demo.cast import (
    ARGUES,
    CAST,
    COURSE,
    EXAM,
    HEADS,
    JAIL,
    PASSWORD,
    PLACES,
    POLICE,
    PRACTICE,
    SHERIFF,
    TASK_FORCE,
    TRAINED,
    WAITING,
    Member,
)
from lms.demo.training import Learner
from lms.enrollments import queries as classes
from lms.enrollments import service as enrollments
from lms.enrollments.attendance.rules import Mark
from lms.enrollments.enrolling import service as enrolling
from lms.enrollments.rules import Mode, Plan
from lms.influx import order_queries, order_service
from lms.kernel.ids import new_id
from lms.places.rules import BY_POSTAL
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
    response: uuid.UUID = field(default_factory=new_id)

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
            if member.role is Role.OFFICER and member.course == COURSE and not member.called_up:
                with self.site.database.writing() as session:
                    self._trains(session, member)
        with self.site.database.writing() as session:
            self._attendance(session)
        with self.site.database.writing() as session:
            demo_rulings.argue(session, officer=self.identities[ARGUES], enrollment_id=self.enrollments[ARGUES])
        self._jail()
        self._task_force()
        self._influx()
        self._practices()
        self._certifies()
        self._authorizes()
        self._watches()
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
        odd = {"Riley Park": Mark.LATE, "Avery Quill": Mark.ABSENT}
        marks = {enrollment_id: odd.get(name, Mark.PRESENT) for name, enrollment_id in self.enrollments.items()}
        training.attends(
            session,
            actor=self._first(Role.INSTRUCTOR),
            offering_id=self.offering,
            day=1,
            marks=marks,
            now=self.site.clock.now(),
        )

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
        office = self._office(agency)
        self.agreements[agency] = agreements.agree(session, office, rule_set_id="wso-2025", now=self.start - timedelta(days=60))
        self.nominations += self._nominees(session, office, self._officers_of(agency), self.agreements[agency], "wso-2025")
        for name in WAITING[agency]:
            email = f"{normalized_name(name).replace(' ', '.')}@{PLACES[agency]}.example"
            under = {"agreement_id": self.agreements[agency], "rule_set_id": "wso-2025"}
            agreements.nominate(session, office, **under, name=name, email=email, now=self.start - timedelta(days=20))  # type: ignore[arg-type] # each of its own type

    def _office(self, agency: str) -> Office:
        return Office(self.agencies[agency], HEADS[agency], self._coordinator(agency), self._first(Role.PROGRAM_OFFICER))

    def _nominees(
        self, session: Session, office: Office, officers: list[Member], agreement_id: uuid.UUID, rule_set_id: str
    ) -> list[uuid.UUID]:
        """These officers of the cast, nominated under an agreement and approved."""
        found = []
        for member in officers:
            who = {"name": member.name, "email": member.email}
            at = self.start - timedelta(days=20)
            made = agreements.nominate(session, office, agreement_id=agreement_id, rule_set_id=rule_set_id, **who, now=at)
            agreements.approve(session, office, nomination_id=made, rule_set_id=rule_set_id, now=self.start - timedelta(days=6))
            found.append(made)
        return found

    def _coordinator(self, agency: str) -> Identity:
        return next(self.identities[one.name] for one in CAST if one.role is Role.COORDINATOR and one.agency == agency)

    def _officers_of(self, agency: str, *, course: str = COURSE, called_up: bool = False) -> list[Member]:
        officers = [one for one in CAST if one.role is Role.OFFICER and one.agency == agency]
        return [one for one in officers if one.course == course and bool(one.called_up) is called_up]

    def _class(self, session: Session) -> None:
        administrator = self._first(Role.ADMINISTRATOR)
        course = training.course_of(session, COURSE)
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
        who = Learner(self.identities[member.name], self.enrollments[member.name])
        wanted = training.lessons_of(session, COURSE)[: member.lessons]
        now = training.studies(session, who, course_id=COURSE, wanted=wanted, now=self.start + timedelta(hours=26))
        for right in member.scores:
            begins = now + timedelta(hours=20)
            _, now = training.sits(session, who, exam=EXAM, proctor=self._first(Role.PROCTOR), right=right, now=begins)

    def _jail(self) -> None:
        """The Jail Enforcement class in its third week, day by day."""
        office, officers = self._office(SHERIFF), self._officers_of(SHERIFF, course=JAIL)
        teachers = [self.identities[one.name] for one in CAST if one.role is Role.INSTRUCTOR]
        staff = jail.Staff(self._first(Role.ADMINISTRATOR), (teachers[0], teachers[1]), self._first(Role.PROCTOR))
        made = jail.JailClass(staff, self.site.clock.now())
        with self.site.database.writing() as session:
            agreement = agreements.agree(session, office, rule_set_id="jem-2025", now=self.start - timedelta(days=60))
            nominees = self._nominees(session, office, officers, agreement, "jem-2025")
            made.open(session, nominees, self.identities, opened_at=self.start)
        for day in made.manifest["days"][: made.days_held]:
            with self.site.database.writing() as session:
                made.hold(session, day)
        with self.site.database.writing() as session:
            made.make_up(session)
            made.answer_the_alarm(session)

    def _task_force(self) -> None:
        """The pass mark of the Task Force exam, and a class that has just begun."""
        office, officers = self._office(POLICE), self._officers_of(POLICE, course=TASK_FORCE)
        with self.site.database.writing() as session:
            task_force.enter_the_mark(session, actor=office.program, now=self.start)
            agreement = agreements.agree(session, office, rule_set_id="tfm-2025", now=self.start - timedelta(days=60))
            nominees = self._nominees(session, office, officers, agreement, "tfm-2025")
            people = {"actor": self._first(Role.ADMINISTRATOR), "teacher": self._first(Role.INSTRUCTOR)}
            now = self.site.clock.now()
            task_force.open_class(session, **people, nominations=nominees, officers=self.identities, now=now)

    def _influx(self) -> None:
        """A fictional declaration, an activated agreement, an order, and one officer who finishes the short form of the course."""
        first, second = (self.identities[member.name] for member in CAST if member.role is Role.PROGRAM_OFFICER)
        actors, now = demo_influx.Actors(first, second), self.start + timedelta(days=4)
        covered = [member for agency in self.agencies for member in self._officers_of(agency, called_up=True)]
        with self.site.database.writing() as session:
            under, elsewhere = (demo_influx.agree(session, actor=first, agency_id=one, now=self.start) for one in self.agencies.values())
            coordinator, before = self._coordinator(SHERIFF), self.start + timedelta(days=1)
            nominees, head = [(one.name, one.email) for one in covered], HEADS[SHERIFF]
            self.ahead = demo_influx.nominate(
                session, coordinator=coordinator, decider=first, agreement_id=under, head=head, nominees=nominees, now=before
            )
            declaration_id = demo_influx.declare(session, actors=actors, agreement_id=under, now=now)
            officers = {self.identities[one.name].officer_id or under: under for one in covered}
            self.response = demo_influx.order(session, actors=actors, declaration_id=declaration_id, officers=officers, now=now)
            self.called_up = {one.name: one.enrollment_id for one in classes.roster(session, offering_id=self.response)}
            demo_influx.drill(session, actors=actors, agreement_id=elsewhere, now=now + timedelta(days=3))
        for member in CAST:
            if member.called_up == TRAINED:
                with self.site.database.writing() as session:
                    self._responds(session, member, now)

    def _responds(self, session: Session, member: Member, now: datetime) -> None:
        """Acknowledge the policies, take the short form of the course, attend its day and pass its exam."""
        who = Learner(self.identities[member.name], self.called_up[member.name])
        (own,) = order_queries.own_orders(session, actor=who.identity)
        order_service.acknowledge(session, actor=who.identity, order_id=own.order.id, now=now)
        wanted = training.lessons_of(session, demo_influx.SHORT)
        now = training.studies(session, who, course_id=demo_influx.SHORT, wanted=wanted, now=now)
        marks = {who.enrollment_id: Mark.PRESENT}
        training.attends(session, actor=self._first(Role.INSTRUCTOR), offering_id=self.response, day=1, marks=marks, now=now)
        training.sits(session, who, exam=demo_influx.EXAM, proctor=self._first(Role.PROCTOR), right=26, now=now)

    def _practices(self) -> None:
        """A class of two on the practice course: the exam of one waits for a mark, that of the other is open."""
        plan = replace(self._plan(), title="Practice 26-01", mode=Mode.ONLINE, place="", state="", instructors=frozenset())
        at, administrator = self.start + timedelta(days=5), self._first(Role.ADMINISTRATOR)
        with self.site.database.writing() as session:
            course = training.course_of(session, PRACTICE)
            offering = enrollments.open_offering(session, actor=administrator, course_hash=course.hash, plan=plan, now=at)
            enrolling.enroll(session, actor=administrator, offering_id=offering, nomination_ids=self.ahead, now=at)
            places = {one.name: one.enrollment_id for one in classes.roster(session, offering_id=offering)}
            for member in CAST:
                if member.name in places:
                    who = Learner(self.identities[member.name], places[member.name])
                    now = training.studies(session, who, course_id=PRACTICE, wanted=training.lessons_of(session, PRACTICE), now=at)
                    if member.called_up == TRAINED:
                        practice.sit(session, who=who.identity, enrollment_id=who.enrollment_id, now=now)

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

    def _watches(self) -> None:
        """Further training that is due, and a complaint whose clocks run."""
        supervisor = self._first(Role.SUPERVISOR)
        held = [self.identities[member.name].officer_id for member in CAST if member.authorized]
        with self.site.database.writing() as session:
            rows = [authority.of_officer(session, officer_id=one)[0] for one in held if one]
            oversight.ask_for_training(session, actor=supervisor, row=rows[0], now=self.site.clock.now())
            oversight.report_complaint(session, actor=supervisor, row=rows[-1], now=self.site.clock.now())
        work_off(self.site)
