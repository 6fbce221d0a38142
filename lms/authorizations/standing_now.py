"""Whether an officer may act now: every authorization with where it stands, and whether the officer is certified."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.authorizations import queries, trainings
from lms.authorizations.queries import AuthorizationRow
from lms.authorizations.rules import Standing, certified_by
from lms.influx.rules import bounded_by


@dataclass(frozen=True, slots=True)
class Held:
    """One authorization as its officer sees it. `certified`: the training it rests on counts.

    `boundaries`: where the mass influx is declared, for authority that rests on one; None for all other authority.
    """

    row: AuthorizationRow
    standing: Standing
    certified: bool
    boundaries: tuple[str, ...] | None = None

    @property
    def may_act(self) -> bool:
        """Both: certified and authorized (R-15)."""
        return self.certified and self.standing.is_active


@dataclass(frozen=True, slots=True)
class MayAct:
    """An officer's authorizations, those in force first, and whether the officer is certified at all."""

    held: tuple[Held, ...]
    certified: bool

    @property
    def in_force(self) -> tuple[Held, ...]:
        """Those on which the officer may act now."""
        return tuple(one for one in self.held if one.may_act)

    @property
    def rows(self) -> list[AuthorizationRow]:
        return [one.row for one in self.held]


def of_officer(session: Session, *, officer_id: uuid.UUID, now: datetime) -> MayAct:
    """What an officer may do now. Five statements."""
    trained = trainings.trainings(session, trainings.of_officer(officer_id))
    certified = {one for one, found in trained.items() if certified_by(found.training, at=now, known=now) is not None}
    rows = queries.of_officer(session, officer_id=officer_id)
    held = (Held(row, row.standing_now(now), row.enrollment_id in certified, _boundaries(row, now)) for row in rows)
    return MayAct(tuple(sorted(held, key=lambda one: (not one.may_act, one.standing.has_ended))), bool(certified))


def _boundaries(row: AuthorizationRow, now: datetime) -> tuple[str, ...] | None:
    influx = row.authority.influx
    return None if influx is None else tuple(name for one in bounded_by(influx, at=now, known=now) for name in one.names)
