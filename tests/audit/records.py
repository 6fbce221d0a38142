"""The acts about keeping and disposing of records, each a valid call by an administrator."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy.orm import Session

from lms.notices import service as notices
from lms.notices.rules import WORDINGS, Kind
from lms.notices.service import Recipient
from lms.retention import service as retention
from lms.retention.rules import RecordClass
from tests.audit.stage import Act, Scene, Stage


def keeps(path: str, **fields: object) -> Scene:
    """Something done about records, of which some notices are old enough to go, one disposal waits and one hold is in force."""

    def scene(stage: Stage) -> Act:
        visitor, cast = stage.visitor("administrator")

        def make(session: Session) -> Mapping[str, object]:
            actor, other, now = cast.administrator.identity, cast.supervisor.identity, stage.clock.now()
            retention.set_schedule(session, actor=actor, record_class=RecordClass.NOTICES, years=3, authority="Schedule 4", now=now)
            hold = retention.hold(session, actor=actor, record_class=RecordClass.SESSIONS, officer="", reason="A case", now=now)
            old, facts = now - timedelta(days=2000), WORDINGS[Kind.RESULT].facts
            notices.write(session, kind=Kind.RESULT, key="old", to=Recipient("Old", "old@example.gov"), facts=facts, path="/", now=old)
            session.flush()
            proposal = retention.propose(session, actor=other, record_class=RecordClass.NOTICES, reason="Review", now=now)
            return {"hold": hold, "proposal": proposal}

        return Act(visitor, path.format(**stage.made(make)), fields)

    return scene


RECORDS: dict[str, tuple[Scene, tuple[str, ...]]] = {
    "retention.set_schedule": (keeps("/records/notices/schedule", years="5", authority="Schedule 5"), ("set how long records are kept",)),
    "retention.hold": (keeps("/records/holds", record_class="notices", reason="A case"), ("set a legal hold",)),
    "retention.lift": (keeps("/records/holds/{hold}/lifting", reason="Settled"), ("lifted a legal hold",)),
    "retention.propose": (keeps("/records/notices/disposal", reason="Review"), ("proposed to dispose of records",)),
    "retention.confirm": (keeps("/records/disposals/{proposal}/confirmation"), ("disposed of records",)),
    "retention.decline": (keeps("/records/disposals/{proposal}/refusal"), ("declined to dispose of records",)),
}
"""The endpoint, its scene, and the entries it leaves."""
