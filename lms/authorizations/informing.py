"""Telling officers by mail what concerns their authority: that it was given, suspended, reinstated, withdrawn or revoked."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from lms.agencies.rule_sets import MODELS
from lms.agencies.telling import Facts, officer_reader, tell
from lms.authorizations.queries import AuthorizationRow
from lms.authorizations.rules import MoveKind, Step
from lms.notices.rules import Kind

PATH: Final = "/authorization"
OUTCOMES: Final = {
    MoveKind.SUSPENSION: "suspended",
    MoveKind.REINSTATEMENT: "reinstated",
    MoveKind.WITHDRAWAL: "withdrawn",
    MoveKind.REVOCATION: "revoked",
}


def tell_authorized(session: Session, row: AuthorizationRow, *, now: datetime) -> None:
    """The officer is told of the authorization."""
    zone, ends_at = ZoneInfo(row.time_zone), row.authority.ends_at
    facts: Facts = {
        "supervisor": f"{row.supervisor.name}, {row.supervisor.position},",
        "model": MODELS[row.model],
        "agency": row.agency,
        "start": row.authority.starts_at.astimezone(zone).date(),
        "until": ends_at.astimezone(zone).date() if ends_at else "it is revoked or withdrawn",
    }
    _tell(session, row, Kind.AUTHORIZED, f"authorized:{row.id}", facts, now)


def tell_moved(session: Session, row: AuthorizationRow, step: Step, *, number: int, now: datetime) -> None:
    """The officer is told what became of the authorization, and whether to act."""
    back = step.kind is MoveKind.REINSTATEMENT
    facts: Facts = {
        "what": "Authorization",
        "outcome": OUTCOMES[step.kind],
        "officer": row.officer,
        "when": step.effective_at,
        "reason": f"{step.reason.capitalize()}. {step.note.strip()}",
        "consequence": "Look at the page below before you act." if back else "From that moment on, do not act under it.",
    }
    _tell(session, row, Kind.REVOKED, f"authorization:{row.id}:{number}", facts, now)


def _tell(session: Session, row: AuthorizationRow, kind: Kind, key: str, facts: Facts, now: datetime) -> None:
    reader = officer_reader(session, officer_id=row.officer_id, agency_id=row.agency_id)
    tell(session, reader=reader, kind=kind, key=key, facts=facts, path=PATH, now=now)
