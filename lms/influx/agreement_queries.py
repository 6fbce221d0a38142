"""The agreements for a mass influx whose agencies lie inside a declaration's boundaries, and what stands in the way of activating each."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from lms.agencies import agreement_queries, place_queries
from lms.agencies.agreement_rules import READY, Basis, State, missing_terms, state_at
from lms.agencies.models import Agency, Agreement
from lms.influx import rules
from lms.influx.models import Activation
from lms.influx.period import Reach
from lms.influx.queries import DeclarationDetail
from lms.influx.rules import Standing


@dataclass(frozen=True, slots=True)
class StandingRow:
    """An agreement for a mass influx as it stands to a declaration. `activated_at`: for this declaration, or in this drill."""

    agreement_id: uuid.UUID
    agency_id: uuid.UUID
    agency: str
    state: str
    basis: str
    contingency: bool
    stands: State | None
    missing_terms: tuple[str, ...]
    procedure: str
    reach: Reach
    activated_at: datetime | None

    @property
    def faults(self) -> list[str]:
        """Every reason why it cannot be activated."""
        activated = self.activated_at is not None
        found = Standing(self.basis, self.contingency, self.stands, self.missing_terms, self.procedure, self.reach, activated)
        return rules.faults_of_activation(found)

    @property
    def is_signed(self) -> bool:
        return self.stands in READY

    @property
    def awake(self) -> bool:
        """Whether an order can cover it: activated here, or in force without activation."""
        return self.activated_at is not None if self.contingency else self.stands is State.OPERATIONAL


def standings(
    session: Session, *, declaration: DeclarationDetail, now: datetime, agreement_ids: Collection[uuid.UUID] | None = None
) -> list[StandingRow]:
    """The agreements for a mass influx inside the boundaries, by agency; or exactly those asked for. Four statements, however many."""
    boundaries = declaration.boundaries(now)
    here = and_(Activation.agreement_id == Agreement.id, Activation.declaration_id == declaration.id)
    asked = (
        select(Agreement, Agency, Activation.effective_at, agreement_queries.newest_procedure())
        .join(Agency, Agency.id == Agreement.agency_id)
        .outerjoin(Activation, here)
    )
    if agreement_ids is None:
        asked = asked.where(Agreement.basis == Basis.MASS_INFLUX, Agency.state.in_(boundaries.postal))
    else:
        asked = asked.where(Agreement.id.in_(agreement_ids))
    rows = session.execute(asked.order_by(Agency.name, Agency.state, Agreement.id)).all()
    found = _rows(session, rows, declaration, now)
    return found if agreement_ids is not None else [row for row in found if row.reach is not Reach.OUTSIDE]


def _rows(session: Session, rows: Sequence[Any], declaration: DeclarationDetail, now: datetime) -> list[StandingRow]:
    ids = [row[0].id for row in rows]
    moves = agreement_queries.moves_of(session, ids)
    terms = agreement_queries.terms_found(session, ids)
    served = place_queries.counties_served(session, {row[1].id for row in rows})
    boundaries = declaration.boundaries(now)
    return [
        StandingRow(
            agreement_id=agreement.id,
            agency_id=agency.id,
            agency=agency.name,
            state=agency.state,
            basis=agreement.basis,
            contingency=agreement.contingency,
            stands=state_at(moves[agreement.id], at=now, on_record=now),
            missing_terms=tuple(missing_terms(terms[agreement.id])),
            procedure=procedure or "",
            reach=boundaries.reach(state=agency.state, counties=served.get(agency.id, ())),
            activated_at=activated_at,
        )
        for agreement, agency, activated_at, procedure in rows
    ]
