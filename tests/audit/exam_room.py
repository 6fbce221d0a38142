"""The acts of an exam room, each a valid call by the one whose act it is."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.exams.acts import Reason
from lms.kernel.ids import new_id
from lms.proctoring import incidents, requesting
from lms.proctoring.incidents import Noted
from lms.proctoring.models import ActRequest, Incident
from lms.proctoring.requesting import Wanted
from lms.proctoring.rules import Asked, IncidentKind
from tests.audit.stage import Act, Scene, Stage
from tests.proctoring.sitting import Held, furnish
from tests.support.browser import Visitor

WHY = {"reason": "technical trouble", "note": "The network went down."}


def held(stage: Stage, *, begun: bool = True, closed: bool = False) -> Held:
    """A sitting with one officer."""

    def make(session: Session) -> Held:
        found = furnish(session, now=stage.clock.now(), officers=1)
        if begun:
            found.begins(session, 0, now=stage.clock.now())
        if closed:
            found.hands_in(session, 0, now=stage.clock.now())
        return found

    return stage.made(make)


def proctor(stage: Stage, found: Held) -> Visitor:
    return Visitor(stage.app).signs_in_as(found.proctor)


def sent(visitor: Visitor, path: str, **fields: object) -> Act:
    """A form with the id that it was shown with."""
    visitor.opens(path)
    return Act(visitor, path, {"form_id": visitor.page.hidden("form_id"), **fields})


def pauses(stage: Stage) -> Act:
    found = held(stage)
    return sent(proctor(stage, found), f"{found.path}/pause", officers=[found.seats[0].enrollment_id], **WHY)


def notes(stage: Stage) -> Act:
    found = held(stage)
    local = stage.clock.now() - timedelta(hours=5)
    when = {"day": local.date().isoformat(), "clock": local.strftime("%H:%M")}
    return sent(proctor(stage, found), f"/sittings/{found.sitting_id}/incidents", kind="medical", what="Felt ill.", **when)


def rules(stage: Stage) -> Act:
    found = held(stage)

    def make(session: Session) -> None:
        noted = Noted(IncidentKind.MEDICAL, "Felt ill.", stage.clock.now())
        actor = found.proctor.identity
        incidents.note(session, actor=actor, sitting_id=found.sitting_id, noted=noted, form_id=new_id(), now=stage.clock.now())

    stage.made(make)
    incident = stage.made(lambda session: session.scalars(select(Incident.id)).one())
    fields: dict[str, object] = {"ruling": "explained: nothing further", "note": "A glass of water helped."}
    return Act(proctor(stage, found), f"/incidents/{incident}/ruling", fields)


def asks(stage: Stage) -> Act:
    found = held(stage, closed=True)
    asked = {"asked": "rule that an exam does not count", "minutes": "0"}
    return sent(proctor(stage, found), f"/attempts/{found.seats[0].attempt_id}/requests", **asked, **WHY)


def decides(part: str) -> Scene:
    """The second person's word on a request."""

    def scene(stage: Stage) -> Act:
        found = held(stage)
        attempt = found.seats[0].attempt_id
        assert attempt is not None
        wanted = Wanted(Asked.EXTENSION, Reason.TECHNICAL, "The network was down.", 30)
        actor = found.proctor.identity
        stage.made(
            lambda session: requesting.ask(
                session, actor=actor, attempt_id=attempt, wanted=wanted, request_id=new_id(), now=stage.clock.now()
            )
        )
        request = stage.made(lambda session: session.scalars(select(ActRequest.id)).one())
        second = Visitor(stage.app).signs_in_as(found.cast.program_officer)
        return Act(second, f"/exam-requests/{request}/{part}", {"note": "Seen."})

    return scene


def closes(stage: Stage) -> Act:
    found = held(stage, begun=False)
    return Act(proctor(stage, found), f"/sittings/{found.sitting_id}/closing", {"statement": "A quiet morning.", "declared": "y"})


EXAM_ROOM: dict[str, tuple[Scene, tuple[str, ...]]] = {
    "console.act": (pauses, ("paused an exam",)),
    "incidents.note": (notes, ("noted an incident in a sitting",)),
    "incidents.rule": (rules, ("ruled on an incident",)),
    "requests.ask": (asks, ("asked for an act on an exam that takes two persons",)),
    "requests.confirm": (decides("confirmation"), ("confirmed an act on an exam that takes two persons", "gave more time in an exam")),
    "requests.decline": (decides("refusal"), ("declined an act on an exam that takes two persons",)),
    "closings.close": (closes, ("closed a sitting",)),
}
"""Endpoint: how it is called rightly, and the entries that this leaves."""
