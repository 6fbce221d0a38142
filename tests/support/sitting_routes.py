"""The routes of sittings, accommodations, readiness and the door."""

from tests.support.route_kinds import Route, Scope, form

NOTE = "The officer asked for it."
WINDOW = form(day="2026-11-22", opens="06:00", closes="14:00", mode="room", place="Room 9", capacity="5")
GRANTED = form(percent="150", category="disability", approved_by="Ana Ortiz", starts_on="2026-11-22")
BY_PROCTOR = form(user_id="proctor_id")

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
