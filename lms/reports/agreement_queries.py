"""Reports about agreements: those in force one by one, and by State and model."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from lms.agencies.agreement_rules import IN_FORCE, State
from lms.agencies.models import Agency, Agreement, AgreementMove
from lms.places.rules import STATES
from lms.reports.charts import bars
from lms.reports.conditions import agreement_states, narrowed
from lms.reports.finding import Picture, Source, of_select
from lms.reports.rules import MODELS, Asked, Row, Share
from lms.reports.states import drawn


def _in_force(asked: Asked) -> Select[Any]:
    states = agreement_states(asked.at)
    signed = (
        select(func.min(AgreementMove.effective_at))
        .where(AgreementMove.agreement_id == Agreement.id, AgreementMove.to_state == State.SIGNED)
        .correlate(Agreement)
        .scalar_subquery()
    )
    kind = case((Agreement.contingency, "yes"), else_="no")
    return (
        select(Agency.name, Agency.state, Agreement.model, Agreement.component, kind, states.c.state, signed, Agency.time_zone)
        .join(states, states.c.agreement_id == Agreement.id)
        .join(Agency, Agency.id == Agreement.agency_id)
        .where(states.c.state.in_(IN_FORCE), *narrowed(asked, model=Agreement.model))
        .order_by(Agency.state, Agency.name, Agreement.model, Agreement.id)
    )


def _drawn_agreements(session: Session, asked: Asked, _rows: Sequence[Row]) -> Picture:
    found = _in_force(asked).order_by(None).subquery()
    counted = select(found.c.model, func.count()).select_from(found).group_by(found.c.model)
    by_model: dict[str, int] = {row.model: row[1] for row in session.execute(counted)}
    chart = bars(
        "Agreements in force by model", of="Model", kinds=("agreements",), values=[(MODELS[one], (by_model.get(one, 0),)) for one in MODELS]
    )
    found_in_all = sum(by_model.values())
    return Picture(found_in_all, (Share("Agreements in force", found_in_all),), (chart,))


AGREEMENTS: Final = of_select(_in_force, _drawn_agreements)


# --- The map --------------------------------------------------------------------------------------------------------


def _by_state(session: Session, asked: Asked) -> dict[str, dict[str, int]]:
    states = agreement_states(asked.at)
    counted = (
        select(Agency.state, Agreement.model, func.count())
        .join(Agreement, Agreement.agency_id == Agency.id)
        .join(states, states.c.agreement_id == Agreement.id)
        .where(states.c.state.in_(IN_FORCE), *narrowed(asked, model=Agreement.model))
        .group_by(Agency.state, Agreement.model)
    )
    found: dict[str, dict[str, int]] = {}
    for postal, model, number in session.execute(counted):
        found.setdefault(postal, {})[model] = number
    return found


def _map_rows(session: Session, asked: Asked, first: int, most: int) -> list[Row]:
    found = _by_state(session, asked)
    rows: list[Row] = []
    for state in sorted(STATES, key=lambda one: one.name):
        by_model = found.get(state.postal, {})
        if not asked.state or asked.state == state.postal:
            rows.append((state.postal, state.name, *(by_model.get(model, 0) for model in MODELS), sum(by_model.values())))
    return rows[first : first + most]


def _drawn_map(_session: Session, _asked: Asked, rows: Sequence[Row]) -> Picture:
    counts = {str(row[0]): int(str(row[-1])) for row in rows}
    taking_part = sum(1 for number in counts.values() if number)
    shares = (
        Share("States and territories with an agreement in force", taking_part, len(counts)),
        Share("Agreements in force", sum(counts.values())),
    )
    return Picture(len(rows), shares, map=drawn(counts))


MAP: Final = Source(_map_rows, _drawn_map)
