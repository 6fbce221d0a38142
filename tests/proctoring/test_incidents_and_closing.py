"""Incidents with both their moments, rulings made once, timelines in order, and the report that a proctor's closing freezes."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.permissions import Role
from lms.appeals import hands
from lms.audit.models import AuditEntry
from lms.enrollments.models import OfferingInstructor
from lms.exams import acts, messages, service
from lms.exams.models import ExamMessage
from lms.kernel.clock import FrozenClock
from lms.kernel.errors import Invalid
from lms.kernel.ids import new_id
from lms.proctoring import closing, console_queries, door, incident_queries, incidents, report_queries, timelines
from lms.proctoring.acting import SittingClosed
from lms.proctoring.closing import NoStatement, StillOpen, Unruled, Words
from lms.proctoring.console_queries import NoSuchSitting
from lms.proctoring.incidents import NoSuchIncident, Noted, NotThere, RuledAlready, TiedToIncident, WrongMoment
from lms.proctoring.models import IncidentOfficer, SittingClosing
from lms.proctoring.rules import Alarm, IncidentKind, Ruling
from lms.proctoring.timelines import NoSuchAttempt
from lms.sittings import queries as sittings
from tests.proctoring.sitting import Held, furnish
from tests.support.cast import person

MINUTE = timedelta(minutes=1)
WORDS = Words("A quiet morning.", "")


@pytest.fixture
def now(clock: FrozenClock) -> datetime:
    return clock.now()


@pytest.fixture
def held(session: Session, now: datetime) -> Held:
    made = furnish(session, now=now, officers=2)
    made.arrives(session, 0, now=now)
    made.begins(session, 0, now=now)
    return made


def notes(session: Session, held: Held, at: datetime, *, happened: datetime, seats: tuple[int, ...] = (0,)) -> uuid.UUID:
    noted = Noted(IncidentKind.TECHNICAL, "The screen went dark.", happened, frozenset(held.seats[one].enrollment_id for one in seats))
    made = incidents.note(session, actor=held.proctor.identity, sitting_id=held.sitting_id, noted=noted, form_id=new_id(), now=at)
    session.flush()
    return made


def rules_on(session: Session, held: Held, incident: uuid.UUID, at: datetime) -> None:
    incidents.rule(session, actor=held.proctor.identity, incident_id=incident, ruling=Ruling.NOTHING, note="A loose cable.", now=at)
    session.flush()


def closes(session: Session, held: Held, at: datetime, words: Words = WORDS) -> None:
    closing.close(session, actor=held.proctor.identity, sitting_id=held.sitting_id, words=words, now=at)
    session.flush()


def test_an_incident_keeps_when_it_happened_and_when_it_was_written_down(session: Session, held: Held, now: datetime) -> None:
    held.saves(session, 0, 3, now=now + MINUTE)
    made = notes(session, held, now + 9 * MINUTE, happened=now + 2 * MINUTE)
    (row,) = incident_queries.open_incidents(session, sitting_id=held.sitting_id)
    assert (row.id, row.happened_at, row.recorded_at) == (made, now + 2 * MINUTE, now + 9 * MINUTE)
    assert session.scalars(select(IncidentOfficer.question)).one() == 3
    room = console_queries.room(session, actor=held.proctor.identity, sitting_id=held.sitting_id, now=now + 9 * MINUTE)
    assert {card.alarms for card in room.cards if card.incidents} == {(Alarm.INCIDENT,)}
    rules_on(session, held, made, now + 10 * MINUTE)
    assert incident_queries.open_incidents(session, sitting_id=held.sitting_id) == []
    with pytest.raises(RuledAlready):
        rules_on(session, held, made, now + 11 * MINUTE)
    told = select(AuditEntry.action).where(AuditEntry.object_id == str(made)).order_by(AuditEntry.at)
    assert list(session.scalars(told)) == ["noted an incident in a sitting", "ruled on an incident"]


def test_an_incident_that_cannot_be_is_refused(session: Session, held: Held, now: datetime) -> None:
    with pytest.raises(WrongMoment):
        notes(session, held, now, happened=now + MINUTE)
    with pytest.raises(WrongMoment):
        notes(session, held, now, happened=now - timedelta(days=3))
    noted = Noted(IncidentKind.ROOM, "Noise", now, frozenset({new_id()}))
    with pytest.raises(NotThere):
        incidents.note(session, actor=held.proctor.identity, sitting_id=held.sitting_id, noted=noted, form_id=new_id(), now=now)
    with pytest.raises(NoSuchIncident):
        rules_on(session, held, new_id(), now)
    with pytest.raises(NoSuchSitting):
        incidents.note(
            session, actor=held.cast.program_officer.identity, sitting_id=held.sitting_id, noted=noted, form_id=new_id(), now=now
        )


def test_nobody_rules_on_an_incident_of_an_officer_they_have_to_do_with(session: Session, held: Held, now: datetime) -> None:
    """R-11: also when the tie came after they were named."""
    incident = notes(session, held, now, happened=now)
    session.add(OfferingInstructor(offering_id=held.offering_id, number=1, user_id=held.proctor.user_id))
    session.flush()
    with pytest.raises(TiedToIncident):
        rules_on(session, held, incident, now)


def test_whoever_proctored_a_sitting_has_a_hand_in_its_exams(session: Session, held: Held) -> None:
    """R-11 carried on: being named, and checking identity at the door, is enough."""
    attempt = held.seats[0].attempt_id
    assert attempt is not None
    found = hands.hands_of(session, attempt_id=attempt, officer_user=held.cast.officer.user_id, appellant=None)
    assert found.proctors == {held.proctor.user_id}


def test_a_timeline_tells_everything_in_order_and_no_answer(session: Session, held: Held, now: datetime) -> None:
    attempt = held.seats[0].attempt_id
    assert attempt is not None
    held.saves(session, 0, 3, now=now + MINUTE)
    held.shows(session, 0, "left-page", now=now + 2 * MINUTE)
    held.pauses(session, 0, now=now + 3 * MINUTE)
    sent = messages.send(session, actor=held.proctor.identity, attempt_ids=[attempt], text="Wait a moment.", now=now + 4 * MINUTE)
    session.flush()
    messages.acknowledge(session, actor=held.seats[0].who, attempt_id=attempt, message_id=sent[0], now=now + 5 * MINUTE)
    notes(session, held, now + 9 * MINUTE, happened=now + 2 * MINUTE)
    found = timelines.timeline(session, actor=held.proctor.identity, attempt_id=attempt, now=now + 9 * MINUTE)
    assert [line.what for line in found.lines] == [
        "Identity checked: Passport",
        "Exam started, with 60 min; the exam ends at 8:00:00 AM EST",
        "Question 3 shown for the first time",
        "Question 3 saved, change 1",
        "Incident, technical trouble: The screen went dark.",
        "Seen: left the exam page",
        "Exam paused: the time stands still",
        "Message to the officer: “Wait a moment.”",
        "The officer acknowledged the message",
    ]
    assert found.is_whole
    assert found.lines[6].why == "Technical trouble: The screen went dark. The officer was on question 3."
    assert found.lines[4].recorded_at == now + 9 * MINUTE


def test_a_timeline_tells_each_end_that_the_exam_had_and_when_it_closed(session: Session, held: Held, now: datetime) -> None:
    attempt = held.begins(session, 1, now=now, extra_seconds=1800)
    held.saves(session, 1, 1, now=now + MINUTE)
    acts.pause(session, held.act(now + 2 * MINUTE), attempt_id=attempt)
    acts.resume(session, held.act(now + 12 * MINUTE), attempt_id=attempt)
    acts.give_back(session, held.act(now + 20 * MINUTE), attempt_id=attempt, since=now + MINUTE, until=now + 13 * MINUTE)
    session.flush()
    service.close_expired(session, now=now + 200 * MINUTE)
    session.flush()
    found = timelines.timeline(session, actor=held.proctor.identity, attempt_id=attempt, now=now + 200 * MINUTE)
    assert [line.what for line in found.lines if line.about in {"course", "act"}] == [
        "Exam started, with 90 min, 30 min of them by an accommodation; the exam ends at 8:30:00 AM EST",
        "Exam paused: the time stands still",
        "Exam resumed; the exam ends at 8:40:00 AM EST",
        "Time lost from 7:01:00 AM EST to 7:13:00 AM EST given back: 2 min; the exam ends at 8:42:00 AM EST",
        "Closed at its deadline at 8:42:00 AM EST, 1 of 10 questions answered",
    ]
    assert timelines.acts_of(session, attempt_id=attempt, zone="America/New_York")[-1] == found.lines[-1]


def test_a_timeline_is_read_by_the_sittings_proctors_and_by_who_decides_on_appeals(session: Session, held: Held, now: datetime) -> None:
    attempt = held.seats[0].attempt_id
    assert attempt is not None
    assert timelines.timeline(session, actor=held.cast.program_officer.identity, attempt_id=attempt, now=now)
    other = person(session, name="Other Proctor", role=Role.PROCTOR, now=now)
    for who, asked in ((other, attempt), (held.proctor, new_id())):
        with pytest.raises(NoSuchAttempt):
            timelines.timeline(session, actor=who.identity, attempt_id=asked, now=now)


def test_open_exams_and_incidents_without_a_ruling_refuse_the_closing(session: Session, held: Held, now: datetime) -> None:
    with pytest.raises(StillOpen, match="Dana Rivera"):
        closes(session, held, now + MINUTE)
    made = notes(session, held, now + MINUTE, happened=now)
    held.hands_in(session, 0, now=now + 2 * MINUTE)
    with pytest.raises(Unruled):
        closes(session, held, now + 3 * MINUTE)
    rules_on(session, held, made, now + 4 * MINUTE)
    with pytest.raises(NoStatement):
        closes(session, held, now + 5 * MINUTE, Words(" ", ""))
    with pytest.raises(NoSuchSitting):
        closing.close(session, actor=held.cast.administrator.identity, sitting_id=held.sitting_id, words=WORDS, now=now + 5 * MINUTE)
    closes(session, held, now + 5 * MINUTE)
    with pytest.raises(SittingClosed):
        closes(session, held, now + 6 * MINUTE)


def test_the_report_says_who_was_there_what_happened_and_what_the_proctor_says(session: Session, held: Held, now: datetime) -> None:
    made = notes(session, held, now + MINUTE, happened=now)
    rules_on(session, held, made, now + MINUTE)
    held.saves(session, 0, 1, now=now + 2 * MINUTE)
    held.pauses(session, 0, now=now + 3 * MINUTE)
    held.shows(session, 0, "left-page", now=now + 3 * MINUTE)
    held.hands_in(session, 0, now=now + 4 * MINUTE)
    closes(session, held, now + 9 * MINUTE, Words("All went well.", "Began ten minutes late."))
    report = session.get_one(SittingClosing, held.sitting_id).report
    officers = {one["name"]: one for one in report["officers"]}
    assert set(officers) == {"Dana Rivera", "Avery Rivera"}
    dana = officers["Dana Rivera"]
    assert (dana["document"], dana["place"], dana["answered"], dana["pauses"]) == ("Passport", "handed in", 1, 1)
    assert dana["signals"] == ["left the exam page: 1"]
    assert officers["Avery Rivera"]["place"] == "not arrived"
    assert [one["what"] for one in report["incidents"]] == ["The screen went dark."]
    assert (report["statement"], report["deviations"], report["closed_by"]) == ("All went well.", "Began ten minutes late.", "Priya Nair")
    assert "score" not in str(report)
    late = notes(session, held, now + 20 * MINUTE, happened=now)
    assert late
    assert report_queries.recorded_after(session, sitting_id=held.sitting_id, since=now + 9 * MINUTE) == 1
    assert report_queries.closing(session, sitting_id=held.sitting_id) == (report, now + 9 * MINUTE)


def test_nobody_begins_an_exam_after_the_sitting_was_closed(session: Session, held: Held, now: datetime) -> None:
    """R-11: no exam without its proctor. Who has begun keeps the ticket that was used."""
    both = [one.enrollment_id for one in held.seats]
    said: dict[str, Any] = {"actor": held.proctor.identity, "sitting_id": held.sitting_id, "enrollment_ids": both}
    door.issue(session, now=now, **said)
    held.hands_in(session, 0, now=now + MINUTE)
    closes(session, held, now + 2 * MINUTE)
    standing = sittings.standing_tickets(session, sitting_id=held.sitting_id)
    assert [one.enrollment_id for one in standing] == both[:1]
    with pytest.raises(SittingClosed):
        door.issue(session, now=now + 3 * MINUTE, **said)


def test_an_exam_whose_time_has_passed_is_closed_with_its_sitting(session: Session, held: Held, now: datetime) -> None:
    closes(session, held, now + 62 * MINUTE)
    (place,) = {one["place"] for one in session.get_one(SittingClosing, held.sitting_id).report["officers"]} - {"not arrived"}
    assert place == "timed out"
    with pytest.raises(Invalid):
        notes(session, held, now, happened=now + MINUTE)
    assert not session.scalars(select(ExamMessage)).all()
