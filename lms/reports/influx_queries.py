"""The after-action report of mass influxes: whom each order covered, what they were given, what is missing and still owed."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, case, exists, func, select
from sqlalchemy.orm import Session

from lms.activations import queries as activations
from lms.activations.queries import DebtRow, Letter
from lms.agencies.models import Agency, Agreement
from lms.authorizations.models import Authorization
from lms.certificates.models import Certificate
from lms.certificates.numbers import CertificateClass, display
from lms.courses.models import CourseRevision
from lms.influx import order_queries
from lms.influx.models import Declaration, InfluxConfirmation, OrderOfficer, TrainingOrder
from lms.influx.order_queries import OrderOfficerRow
from lms.reports.charts import bars
from lms.reports.conditions import counts, narrowed
from lms.reports.finding import Picture, Source
from lms.reports.rules import Asked, Row, Share

SETTLED_AT: Final = 7
"""The column that says what is owed: nothing, where a row is settled."""
NOTHING: Final = "Nothing"
AT_ONCE: Final = 200
"""Officers whose training is looked at together."""


def _covered(asked: Asked) -> Select[*tuple[Any, ...]]:
    """Officers under orders that a second person had confirmed by then, the newest declaration first."""
    return (
        select(OrderOfficer.order_id, OrderOfficer.officer_id, Agency.state)
        .join(TrainingOrder, TrainingOrder.id == OrderOfficer.order_id)
        .join(InfluxConfirmation, InfluxConfirmation.of_id == TrainingOrder.id)
        .join(Declaration, Declaration.id == TrainingOrder.declaration_id)
        .join(Agreement, Agreement.id == OrderOfficer.agreement_id)
        .join(Agency, Agency.id == Agreement.agency_id)
        .where(InfluxConfirmation.at <= asked.at, *narrowed(asked, model=Agreement.model))
        .order_by(Declaration.recorded_at.desc(), Agency.name, OrderOfficer.order_id, OrderOfficer.officer_id)
    )


def _rows(session: Session, asked: Asked, first: int, most: int) -> list[Row]:
    found = session.execute(_covered(asked).offset(first).limit(most)).all()
    orders = order_queries.orders_by_id(session, {row.order_id for row in found})
    rows: list[Row] = []
    for begin in range(0, len(found), AT_ONCE):
        part = {(row.order_id, row.officer_id): row.state for row in found[begin : begin + AT_ONCE]}
        named = {(row.order_id, row.officer_id): row for row in _named(session, part)}
        debts = activations.debts_of(session, rows=[named[key] for key in part], orders=orders, now=asked.at)
        letters = activations.letters(session, {order_id for order_id, _ in part})
        for key, debt in zip(part, debts, strict=True):
            rows.append(_row(debt, part[key], letters.get(key), asked.at))
    return rows


def _named(session: Session, keys: Collection[tuple[uuid.UUID, uuid.UUID]]) -> list[OrderOfficerRow]:
    return order_queries.officers_named(session, order_ids={one for one, _ in keys}, officer_ids={one for _, one in keys})


def _row(debt: DebtRow, state: str, letter: Letter | None, at: datetime) -> Row:
    declared, paper = debt.order.declaration, debt.paper
    zone = ZoneInfo(declared.time_zone)
    acted = letter is not None and letter.starts_at <= at
    return (
        debt.officer.name,
        debt.officer.agency,
        state,
        f"{declared.title} (drill)" if declared.drill else declared.title,
        str(debt.standing),
        display(paper.number) if paper else None,
        "; ".join(debt.subjects_missing) or None,
        _owed(debt),
        debt.minutes_owed,
        display(debt.full.number) if debt.full else None,
        letter.starts_at.astimezone(zone).date() if letter and acted else None,
    )


def _owed(debt: DebtRow) -> str:
    """What is owed, short enough for a column: how many modules, else in the words of the list of debts."""
    count = 0 if debt.is_settled else len(debt.owed)
    return f"{count} {'module' if count == 1 else 'modules'}" if count else debt.owes


def _drawn(session: Session, asked: Asked, rows: Sequence[Row]) -> Picture:
    total, officers, full, acted = (int(one) for one in session.execute(_counted(asked)).one())
    shares = (
        Share("Officers under orders, drills left out", officers),
        Share("Of these, with a full certificate of the whole course", full, officers),
        Share("Of these, authorized under the agreement of the order", acted, officers),
    )
    by_agency: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        by_agency[str(row[1])][row[SETTLED_AT] != NOTHING] += 1
    values = [(agency, tuple(parts)) for agency, parts in sorted(by_agency.items())]
    chart = bars("What the officers on this page owe, by agency", of="Agency", kinds=("nothing owed", "training owed"), values=values)
    return Picture(total, shares, (chart,) if rows else ())


def _counted(asked: Asked) -> Select[Any]:
    """Rows in all, and of those that are no drill: all, with a full certificate, and authorized. One statement."""
    found = _covered(asked).order_by(None)
    real = ~Declaration.drill
    full = exists().where(
        Certificate.officer_id == OrderOfficer.officer_id,
        Certificate.certificate_class == CertificateClass.FULL,
        Certificate.course_hash == CourseRevision.hash,
        CourseRevision.program_model == "INFLUX",
        counts(asked.at),
    )
    acted = exists().where(
        Authorization.officer_id == OrderOfficer.officer_id,
        Authorization.agreement_id == OrderOfficer.agreement_id,
        Authorization.starts_at <= asked.at,
    )
    return found.with_only_columns(func.count(), _sum(real), _sum(real & full), _sum(real & acted))


def _sum(condition: ColumnElement[bool]) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


AFTER_ACTION: Final = Source(_rows, _drawn)
