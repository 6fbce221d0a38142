"""The acts about practical exercises, each a valid call by the one whose act it is."""

from sqlalchemy.orm import Session

from tests.audit.stage import Act, Scene, Stage
from tests.practicals.exercises import EXERCISE, MET, MISSED, POOR, Ground
from tests.support.browser import Visitor

EXERCISE_OF = f"/enrollments/{{enrollment}}/practicals/{EXERCISE}"
MARKS = {"mark-C1": "met", "mark-C2": "met", "mark-C3": "met", "held_on": "2026-11-20"}


def acts(who: str, path: str, *, rated: str = "", **fields: object) -> Scene:
    """Something done about an officer's exercise: not rated yet, one the raters differ about (`differ`), or `failed`."""

    def scene(stage: Stage) -> Act:
        def make(session: Session) -> Ground:
            ground = Ground(session, stage.clock)
            if rated:
                ground.rates(ground.first, MISSED if rated == "differ" else POOR)
                ground.rates(ground.second, MET if rated == "differ" else POOR)
            return ground

        ground = stage.made(make)
        people = {"rater": ground.first, "lead": ground.third, "program": ground.cast.program_officer}
        address = path.format(enrollment=ground.enrollment, offering=ground.offering)
        return Act(Visitor(stage.app).signs_in_as(people[who]), address, fields)

    return scene


EXERCISES: dict[str, tuple[Scene, tuple[str, ...]]] = {
    "practicals.rate": (acts("rater", f"{EXERCISE_OF}/rating", **MARKS), ("rated a practical exercise",)),
    "practicals.decide": (
        acts("lead", f"{EXERCISE_OF}/decision", rated="differ", passed="yes", reason="Seen on the recording"),
        ("decided about a practical exercise",),
    ),
    "practicals.open_repeat": (
        acts("rater", f"{EXERCISE_OF}/repeat", rated="failed", remediation="Practiced for an hour"),
        ("opened a repeat of a practical exercise",),
    ),
    "practicals.answer_alarm": (
        acts("program", f"/classes/{{offering}}/practicals/{EXERCISE}/alarm", rated="failed", what="The scenario was changed"),
        ("answered an alarm about a practical exercise",),
    ),
}
"""Endpoint: how it is called rightly, and the entries that this leaves."""
