"""The routes of sittings, accommodations, readiness, the door, the console, and of what comes after an exam."""

from uuid import UUID

from tests.support.route_kinds import Route, Scope, form

NOTE = "The officer asked for it."
WINDOW = form(day="2026-11-22", opens="06:00", closes="14:00", mode="room", place="Room 9", capacity="5")
GRANTED = form(percent="150", category="disability", approved_by="Ana Ortiz", starts_on="2026-11-22")
BY_PROCTOR = form(user_id="proctor_id")
FORM_ID = str(UUID(int=7))
WHY = form(reason="technical trouble", note=NOTE)
BY_CONSOLE = form(sitting_id="console_id")
BY_CLOSED = form(sitting_id="closed_id")
BY_REQUEST = form(request_id="act_request_id")
BY_FAILED = form(attempt_id="failed_attempt_id")

SITTING_ROUTES: dict[str, Route] = {
    "sittings.sittings": Route(Scope.NONE),
    "sittings.new_sitting": Route(Scope.PROGRAM),
    "sittings.plan_sitting": Route(Scope.PROGRAM, WINDOW | form(exam="mini-final")),
    "sittings.sitting": Route(Scope.PROGRAM),
    "sittings.new_plan": Route(Scope.PROGRAM),
    "sittings.change_plan": Route(Scope.PROGRAM, WINDOW | form(based_on="1", reason=NOTE)),
    "sittings.cancellation": Route(Scope.PROGRAM),
    "sittings.cancel": Route(Scope.PROGRAM, form(reason=NOTE)),
    "sitting_people.new_officers": Route(Scope.PROGRAM),
    "sitting_people.place": Route(Scope.PROGRAM, form(officers="{enrollment_id}")),
    "sitting_people.removal": Route(Scope.PROGRAM),
    "sitting_people.remove": Route(Scope.PROGRAM, form(reason=NOTE)),
    "sitting_people.new_proctor": Route(Scope.PROGRAM),
    "sitting_people.name": Route(Scope.PROGRAM, form(proctor="{proctor_id}")),
    "sitting_people.proctor_ending": Route(Scope.PROGRAM, named=BY_PROCTOR),
    "sitting_people.end_proctor": Route(Scope.PROGRAM, form(reason=NOTE), named=BY_PROCTOR),
    "accommodations.accommodations": Route(Scope.NONE),
    "accommodations.of_officer": Route(Scope.PROGRAM),
    "accommodations.grant": Route(Scope.PROGRAM, GRANTED),
    "accommodations.ending": Route(Scope.PROGRAM),
    "accommodations.end": Route(Scope.PROGRAM, form(reason=NOTE)),
    "readiness.readiness": Route(Scope.PROGRAM),
    "readiness.draw_papers": Route(Scope.PROGRAM),
    "door.door": Route(Scope.PROGRAM),
    "door.officer": Route(Scope.PROGRAM),
    "door.check_identity": Route(Scope.PROGRAM, form(document="Passport", checked="y")),
    "door.issue_all": Route(Scope.PROGRAM),
    "door.issue": Route(Scope.PROGRAM),
    "door.revoke": Route(Scope.PROGRAM, form(reason=NOTE)),
}

CONSOLE_ROUTES: dict[str, Route] = {
    "console.console": Route(Scope.PROGRAM, named=BY_CONSOLE),
    "console.room": Route(Scope.PROGRAM, named=BY_CONSOLE, as_json=True),
    "console.new_act": Route(Scope.PROGRAM, named=BY_CONSOLE),
    "console.act": Route(Scope.PROGRAM, WHY | form(officers="{seated_id}", form_id=FORM_ID), named=BY_CONSOLE),
    "incidents.of_sitting": Route(Scope.PROGRAM, named=BY_CONSOLE),
    "incidents.note": Route(
        Scope.PROGRAM, form(kind="medical", what=NOTE, day="2026-11-22", clock="06:50", form_id=FORM_ID), named=BY_CONSOLE
    ),
    "incidents.ruling": Route(Scope.PROGRAM),
    "incidents.rule": Route(Scope.PROGRAM, form(ruling="the officer was warned", note=NOTE)),
    "requests.timeline": Route(Scope.PROGRAM),
    "requests.new_request": Route(Scope.PROGRAM, named=BY_FAILED),
    "requests.ask": Route(
        Scope.PROGRAM, WHY | form(asked="rule that an exam does not count", minutes="0", form_id=FORM_ID), named=BY_FAILED
    ),
    "requests.requests": Route(Scope.NONE),
    "requests.detail": Route(Scope.PROGRAM, named=BY_REQUEST),
    "requests.confirm": Route(Scope.PROGRAM, form(note=NOTE), named=BY_REQUEST),
    "requests.decline": Route(Scope.PROGRAM, form(note=NOTE), named=BY_REQUEST),
    "closings.closing_page": Route(Scope.PROGRAM, named=BY_CONSOLE),
    "closings.close": Route(Scope.PROGRAM, form(statement=NOTE, declared="y"), named=BY_CONSOLE),
    "closings.report": Route(Scope.PROGRAM, named=BY_CLOSED),
    "sitting_reports.paper": Route(Scope.PROGRAM, named=BY_CLOSED),
}

BY_OVER = form(attempt_id="over_id")
RULING_ROUTES: dict[str, Route] = {
    "challenges.own": Route(Scope.OFFICER, named=BY_OVER),
    "challenges.make": Route(Scope.OFFICER, form(position="1", claim="Two choices are right."), named=BY_OVER),
    "challenges.challenges": Route(Scope.NONE),
    "challenges.challenge": Route(Scope.PROGRAM, writes_on_reading=True),
    "challenges.decide": Route(Scope.PROGRAM, form(ruling="rejected", reason=NOTE)),
    "appeals.own": Route(Scope.OUTCOME, named=BY_OVER),
    "appeals.make": Route(Scope.OUTCOME, form(outcome="failed", statement="The room was dark."), named=BY_OVER),
    "appeals.of_agency": Route(Scope.AGENCY),
    "appeals.appeals": Route(Scope.NONE),
    "appeals.appeal": Route(Scope.APPEAL),
    "appeals.move": Route(Scope.PROGRAM, form(state="under review", reason="")),
    "regrades.regrades": Route(Scope.NONE),
    "regrades.question": Route(Scope.PROGRAM, writes_on_reading=True),
    "regrades.ask": Route(
        Scope.PROGRAM, form(kind="key corrected", accepted="3", hold_harmless="yes", digest="{regrade_digest}", reason=NOTE)
    ),
    "regrades.regrade": Route(Scope.PROGRAM),
    "regrades.confirm": Route(Scope.PROGRAM),
    "regrades.decline": Route(Scope.PROGRAM, form(reason=NOTE)),
    "evidence.evidence": Route(Scope.PROGRAM, named=BY_OVER),
    "evidence.take_out": Route(Scope.PROGRAM, form(reason="Hearing", key="without"), named=BY_OVER),
}
