"""The console's pages: the room in few statements, an empty answer while nothing changes, acts by plain forms, and who may come in."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.accounts.permissions import Role
from lms.exams import scoring
from lms.exams.models import Attempt, AttemptHead
from lms.kernel.clock import FrozenClock
from lms.kernel.ids import new_id
from lms.proctoring import incidents
from lms.proctoring.incidents import Noted
from lms.proctoring.models import ActRequest, Incident, SittingAct, SittingClosing
from lms.proctoring.rules import IncidentKind
from lms.web.application import Application
from lms.web.site import Site
from tests.proctoring.sitting import Held, furnish
from tests.support.browser import Visitor
from tests.support.cast import person
from tests.support.statements import statements_on

WHY = {"reason": "technical trouble", "note": "The network went down."}


@pytest.fixture
def held(site: Site, clock: FrozenClock) -> Held:
    with site.database.writing() as session:
        made = furnish(session, now=clock.now())
        for seat in (0, 1):
            made.begins(session, seat, now=clock.now())
        return made


@pytest.fixture
def proctor(app: Application, held: Held) -> Visitor:
    return Visitor(app).signs_in_as(held.proctor)


def form_id(visitor: Visitor, path: str) -> str:
    visitor.opens(path)
    found = visitor.page.hidden("form_id")
    assert found
    return found


def sends(visitor: Visitor, path: str, **fields: object) -> int:
    return visitor.sends(path, form_id=form_id(visitor, path), **fields).status_code


def test_the_room_costs_the_same_however_many_officers_there_are(site: Site, clock: FrozenClock, held: Held, proctor: Visitor) -> None:
    def asked() -> int:
        with statements_on(site.database) as heard:
            assert proctor.client.get(f"{held.path}/room").status_code == 200
        return len([one for one in heard if one.lstrip().upper().startswith("SELECT")])

    few = asked()
    with site.database.writing() as session:
        held.begins(session, 2, now=clock.now())
        held.saves(session, 2, 1, now=clock.now())
    assert asked() == few == 4, "identity, officers, their steps, open incidents"
    with statements_on(site.database) as heard:
        proctor.opens(held.path)
    assert len([one for one in heard if one.lstrip().upper().startswith("SELECT")]) <= 12


def test_while_nothing_changes_the_answer_is_empty_and_then_it_is_not(site: Site, clock: FrozenClock, held: Held, proctor: Visitor) -> None:
    first = proctor.client.get(f"{held.path}/room")
    again = {"If-None-Match": first.headers["ETag"]}
    clock.advance(timedelta(seconds=2))
    empty = proctor.client.get(f"{held.path}/room", headers=again)
    assert (empty.status_code, empty.data) == (304, b"")
    with site.database.writing() as session:
        held.saves(session, 0, 1, now=clock.now())
    changed = proctor.client.get(f"{held.path}/room", headers=again)
    assert changed.status_code == 200
    assert "1 of 10" in " ".join(changed.get_json()["html"].split())
    assert changed.headers["X-Server-Time"] == clock.now().isoformat(timespec="milliseconds")


def test_a_filter_keeps_whoever_calls_for_attention(site: Site, clock: FrozenClock, held: Held, proctor: Visitor) -> None:
    with site.database.writing() as session:
        held.shows(session, 0, "left-page", now=clock.now())
    shown = proctor.opens(f"{held.path}?show=not+arrived").text
    assert "Dana Rivera" in shown
    assert "Avery Rivera" not in shown
    assert "Is away from the exam page" in shown


def test_without_script_officers_are_chosen_paused_and_resumed(site: Site, held: Held, proctor: Visitor) -> None:
    chosen = [one.enrollment_id for one in held.seats[:2]]
    page = proctor.opens(f"{held.path}/pause?officers={chosen[0]}&officers=nonsense").text
    assert len(re.findall(r"checked", page)) >= 1
    assert sends(proctor, f"{held.path}/pause", officers=chosen, **WHY) == 303
    assert "Paused 2" in proctor.opens(held.path).text
    assert "Send a message" in proctor.page.all("main")[0].said()
    assert sends(proctor, f"{held.path}/resumption", officers=chosen[:1], **WHY) == 303
    with site.database.reading() as session:
        assert sorted(session.scalars(select(SittingAct.kind))) == ["pause", "resumption"]


def test_every_act_asks_for_officers_a_reason_and_a_note_and_keeps_what_was_typed(held: Held, proctor: Visitor) -> None:
    path = f"{held.path}/extension"
    answer = proctor.sends(path, form_id=form_id(proctor, path), minutes="5", note="Kept words", reason="", officers=[])
    assert answer.status_code == 422
    assert "Kept words" in answer.text
    assert "Choose the reason." in answer.text
    assert "Choose at least one officer." in answer.text
    assert proctor.opens(f"{held.path}/dancing").status_code == 404


def test_ending_exams_asks_once_more(site: Site, held: Held, proctor: Visitor) -> None:
    whom = [held.seats[0].enrollment_id]
    assert sends(proctor, f"{held.path}/termination", officers=whom, **WHY) == 422
    assert sends(proctor, f"{held.path}/termination", officers=whom, sure="y", **WHY) == 303
    with site.database.reading() as session:
        assert session.get_one(AttemptHead, held.seats[0].attempt_id).due_at is None


def test_lost_time_is_shown_first_and_given_at_the_second_press(app: Application, site: Site, clock: FrozenClock, held: Held) -> None:
    clock.advance(timedelta(minutes=30))
    proctor = Visitor(app).signs_in_as(held.proctor)
    local = clock.now() - timedelta(hours=5)
    since, until = ((local - timedelta(minutes=back)).strftime("%H:%M:%S") for back in (20, 10))
    fields = {"officers": [held.seats[0].enrollment_id], "day": local.date().isoformat(), "since": since, "until": until, **WHY}
    path = f"{held.path}/time-lost"
    shown = proctor.sends(path, form_id=form_id(proctor, path), then="show", **fields)
    assert (shown.status_code, "10 min" in shown.text) == (200, True)
    with site.database.reading() as session:
        assert session.scalars(select(SittingAct)).all() == []
    assert sends(proctor, path, then="give", **fields) == 303
    assert sends(proctor, path, then="give", **(fields | {"until": since})) == 422


def test_what_cannot_be_done_to_everybody_is_told_line_by_line(held: Held, proctor: Visitor) -> None:
    path = f"{held.path}/pause"
    nobody = proctor.sends(path, form_id=form_id(proctor, path), officers=[held.seats[2].enrollment_id], **WHY)
    assert nobody.status_code == 409
    answer = proctor.sends(path, form_id=form_id(proctor, path), officers=[one.enrollment_id for one in held.seats], **WHY)
    assert answer.status_code == 200
    assert "This officer has not begun." in answer.text


def test_an_incident_is_noted_ruled_on_and_the_sitting_closed_and_reported(
    site: Site, clock: FrozenClock, held: Held, proctor: Visitor
) -> None:
    path = f"/sittings/{held.sitting_id}/incidents"
    local = clock.now() - timedelta(hours=5)
    happened = {"day": local.date().isoformat(), "clock": local.strftime("%H:%M")}
    facts = {"kind": "conduct of an officer", "what": "Spoke to a neighbor.", "officers": [held.seats[0].enrollment_id]}
    assert sends(proctor, path, **(facts | happened | {"clock": "23:59"})) == 422
    assert sends(proctor, path, **facts, **happened) == 303
    assert "Spoke to a neighbor." in proctor.opens(held.path).text
    with site.database.reading() as session:
        incident = session.scalars(select(Incident.id)).one()
    assert proctor.sends(f"/incidents/{incident}/ruling", ruling="", note="").status_code == 422
    assert proctor.sends(f"/incidents/{incident}/ruling", ruling="the officer was warned", note="Once.").status_code == 303
    end = f"/sittings/{held.sitting_id}/closing"
    words = {"statement": "A quiet morning.", "deviations": "", "declared": "y"}
    assert "Dana Rivera" in proctor.opens(end).text
    assert "still under way" in proctor.sends(end, **words).text
    with site.database.writing() as session:
        for seat in (0, 1):
            held.hands_in(session, seat, now=clock.now())
    assert proctor.sends(end, **(words | {"declared": ""})).status_code == 422
    assert proctor.sends(end, **words).headers["Location"] == f"/sittings/{held.sitting_id}/report"
    assert "A quiet morning." in proctor.opens(f"/sittings/{held.sitting_id}/report").text
    assert proctor.opens(end).status_code == 303
    assert "nothing more is done in it" in proctor.opens(held.path).text
    with site.database.reading() as session:
        assert session.get_one(SittingClosing, held.sitting_id).report["statement"] == "A quiet morning."


def test_two_persons_void_an_exam_by_their_pages(app: Application, site: Site, clock: FrozenClock, held: Held, proctor: Visitor) -> None:
    attempt = held.seats[0].attempt_id
    path = f"/attempts/{attempt}/requests"
    asked = {"asked": "rule that an exam does not count", "minutes": "0", "reason": "a mistake of the program", "note": "Wrong paper."}
    assert sends(proctor, path, **asked) == 422
    with site.database.writing() as session:
        held.hands_in(session, 0, now=clock.now())
    assert sends(proctor, path, **asked) == 303
    with site.database.reading() as session:
        request = session.scalars(select(ActRequest.id)).one()
    assert proctor.sends(f"/exam-requests/{request}/confirmation", note="").status_code == 403
    second = Visitor(app).signs_in_as(held.cast.program_officer)
    assert "Waits for a second person" in second.opens("/exam-requests").text
    assert "Wrong paper." in second.opens(f"/exam-requests/{request}").text
    assert second.sends(f"/exam-requests/{request}/refusal", note="").status_code == 422
    assert second.sends(f"/exam-requests/{request}/confirmation", note="Seen.").status_code == 303
    assert "Ruled not to count" in second.opens(f"/attempts/{attempt}/timeline?show=acts").text


def test_a_decision_that_comes_too_late_keeps_what_was_typed(
    app: Application, site: Site, clock: FrozenClock, held: Held, proctor: Visitor
) -> None:
    attempt = held.seats[0].attempt_id
    assert attempt is not None
    with site.database.writing() as session:
        held.hands_in(session, 0, now=clock.now())
    asked = {"asked": "rule that an exam does not count", "minutes": "0", "reason": "a mistake of the program", "note": "Wrong paper."}
    assert sends(proctor, f"/attempts/{attempt}/requests", **asked) == 303
    with site.database.writing() as session:
        request = session.scalars(select(ActRequest.id)).one()
        row = session.get_one(Attempt, attempt)
        scoring.scored(session, attempt=row, cause="scored anew", closed_at=clock.now(), now=clock.now())
    second = Visitor(app).signs_in_as(held.cast.program_officer)
    answer = second.sends(f"/exam-requests/{request}/confirmation", note="Seen by me.")
    assert answer.status_code == 409
    assert "Seen by me." in answer.text


def test_an_incident_is_ruled_on_once_and_the_second_is_told_so_on_the_form(
    site: Site, clock: FrozenClock, held: Held, proctor: Visitor
) -> None:
    with site.database.writing() as session:
        noted = Noted(IncidentKind.ROOM, "It was loud.", clock.now(), frozenset())
        actor = held.proctor.identity
        made = incidents.note(session, actor=actor, sitting_id=held.sitting_id, noted=noted, form_id=new_id(), now=clock.now())
    sent = {"ruling": "explained: nothing further", "note": "A drill next door."}
    proctor.opens(f"/incidents/{made}/ruling")
    assert proctor.sends(f"/incidents/{made}/ruling", **sent).status_code == 303
    assert proctor.sends(f"/incidents/{made}/ruling", **sent).status_code == 409


def test_only_named_proctors_come_in(app: Application, site: Site, clock: FrozenClock, held: Held) -> None:
    """R-11."""
    with site.database.writing() as session:
        other = person(session, name="Other Proctor", role=Role.PROCTOR, now=clock.now())
    attempt = held.seats[0].attempt_id
    pages = (held.path, f"{held.path}/room", f"{held.path}/pause", f"/sittings/{held.sitting_id}/closing", f"/attempts/{attempt}/timeline")
    stranger = Visitor(app).signs_in_as(other)
    assert [stranger.opens(path).status_code for path in pages] == [404] * 5
    officer = Visitor(app).signs_in_as(held.cast.officer)
    assert [officer.opens(path).status_code for path in pages] == [403] * 5


def test_whoever_has_not_signed_is_led_to_sign_and_hears_nothing(app: Application, clock: FrozenClock, held: Held) -> None:
    """R-10."""
    clock.advance(timedelta(days=400))
    proctor = Visitor(app).signs_in_as(held.proctor)
    assert proctor.opens(held.path).headers["Location"].startswith("/test-security")
    assert proctor.client.get(f"{held.path}/room").status_code == 403
