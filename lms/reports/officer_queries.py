"""Reports about officers on a date: who was certified and authorized, where the two differ, what ends soon, and how long it took."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import CTE, BigInteger, ColumnElement, Select, and_, case, exists, func, literal, or_, select, type_coerce, union_all
from sqlalchemy.orm import Session

from lms.accounts.models import Officer
from lms.agencies.models import Agency, Agreement, Nomination
from lms.authorizations.models import Authorization
from lms.certificates.models import Certificate
from lms.enrollments.models import Enrollment
from lms.reports.charts import bars, histogram
from lms.reports.conditions import authority, certified, named, narrowed
from lms.reports.finding import Picture, day_of, of_select
from lms.reports.rules import EXPIRING, MODELS, TARGET_DAYS, WAITING, Asked, Row, Share, Shown, Span, days_between

DAY: Final = 86_400_000
"""Milliseconds of a day, in which moments are stored."""


def _total(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


# --- Who was certified and authorized -------------------------------------------------------------------------------


def _roster(asked: Asked) -> Select[Any]:
    trained, held = certified(asked.at), authority(asked.at)
    in_force = select(held).where(held.c.in_force == 1).cte("in_force")
    same = in_force.c.enrollment_id == trained.c.enrollment_id
    known = union_all(
        _known(in_force.c.officer_id, in_force.c.agency_id, in_force.c.model, trained, in_force)
        .select_from(in_force)
        .outerjoin(trained, same),
        _known(trained.c.officer_id, trained.c.agency_id, trained.c.model, trained, in_force)
        .select_from(trained)
        .outerjoin(in_force, same)
        .where(in_force.c.number.is_(None)),
    ).subquery()
    certificate, letter = known.c.certificate.is_not(None), known.c.letter.is_not(None)
    only = {Shown.BOTH: [certificate, letter], Shown.CERTIFIED: [certificate], Shown.AUTHORIZED: [letter]}
    return (
        select(Officer.name.label("officer"), Agency.name.label("agency"), Agency.state, known.c.model)
        .add_columns(known.c.certificate, known.c.named, known.c.letter, known.c.since, known.c.ends_at, Agency.time_zone)
        .select_from(known)
        .join(Officer, Officer.id == known.c.officer_id)
        .join(Agency, Agency.id == known.c.agency_id)
        .where(*(only[Shown(asked.standing)] if asked.standing else []), *narrowed(asked, model=known.c.model))
        .order_by(Officer.name, known.c.certificate, known.c.letter)
    )


def _known(officer: Any, agency: Any, model: Any, trained: CTE, in_force: CTE) -> Select[Any]:
    told = (trained.c.number.label("certificate"), trained.c.since.label("named"), in_force.c.number.label("letter"))
    who = (officer.label("officer_id"), agency.label("agency_id"), model.label("model"))
    return select(*who, *told, in_force.c.since, in_force.c.ends_at)


def _drawn_roster(session: Session, asked: Asked, _rows: Sequence[Row]) -> Picture:
    found = _roster(asked).order_by(None).subquery()
    certificate, letter = found.c.certificate.is_not(None), found.c.letter.is_not(None)
    counted = select(
        found.c.model, _total(and_(certificate, letter)), _total(and_(certificate, ~letter)), _total(and_(~certificate, letter))
    ).group_by(found.c.model)
    by_model = {model: tuple(map(int, parts)) for model, *parts in session.execute(counted)}
    both, only_certified, only_authorized = (sum(parts[number] for parts in by_model.values()) for number in range(3))
    chart = bars(
        "Officers by model",
        of="Model",
        kinds=("certified and authorized", "certified only", "authorized only"),
        values=[(MODELS.get(one, one), by_model[one]) for one in _in_order(by_model)],
    )
    shares = (
        Share("Certified", both + only_certified),
        Share("Authorized", both + only_authorized),
        Share("Certified officers who are authorized", both, both + only_certified),
    )
    return Picture(both + only_certified + only_authorized, shares, (chart,))


def _in_order(models: Any) -> list[str]:
    order = list(MODELS)
    return sorted(models, key=lambda one: (order.index(one) if one in order else len(order), one))


ROSTER: Final = of_select(_roster, _drawn_roster)


# --- Where the two differ -------------------------------------------------------------------------------------------


def _certified_only(asked: Asked) -> Select[Any]:
    trained, held = certified(asked.at), authority(asked.at)
    resting = select(Authorization.starts_at).join(Certificate, Certificate.id == Authorization.certificate_id)
    same = Certificate.enrollment_id == trained.c.enrollment_id
    going_on = exists().where(held.c.enrollment_id == trained.c.enrollment_id)
    in_force = exists().where(held.c.enrollment_id == trained.c.enrollment_id, held.c.in_force == 1)
    why = case(
        (going_on, "suspended or dormant"),
        (resting.where(same, Authorization.starts_at > asked.at).exists(), "not yet in force"),
        (resting.where(same).exists(), "ended"),
        else_="none recorded",
    )
    return (
        select(Officer.name, Agency.name.label("agency"), Agency.state, trained.c.model, trained.c.number, trained.c.since.label("since"))
        .add_columns(literal(0).label("days"), why.label("why"), Agency.time_zone)
        .select_from(trained)
        .join(Officer, Officer.id == trained.c.officer_id)
        .join(Agency, Agency.id == trained.c.agency_id)
        .where(~in_force, *narrowed(asked, model=trained.c.model))
        .order_by(trained.c.since, trained.c.number)
    )


def _waited(asked: Asked, row: Row) -> Row:
    return (*row[:6], max(0, days_between(day_of(row[5]), asked.on)), *row[7:])


def _drawn_certified_only(session: Session, asked: Asked, _rows: Sequence[Row]) -> Picture:
    found = _certified_only(asked).order_by(None).subquery()
    waited = literal(_stored(asked)) - type_coerce(found.c.since, BigInteger)
    counted = session.execute(select(*(_total(_within(waited, span)) for span in WAITING)).select_from(found)).one()
    chart = histogram("Days since they were named to ICE", axis="Days", of="Officers", values=_by_span(WAITING, counted))
    waiting = sum(map(int, counted))
    return Picture(waiting, (Share("Certified, but not authorized", waiting),), (chart,))


def _stored(asked: Asked) -> int:
    return int(asked.at.timestamp() * 1000)


def _within(milliseconds: ColumnElement[int], span: Span) -> ColumnElement[bool]:
    """That a length of time is so many whole days."""
    begun = milliseconds >= span.first * DAY if span.first else literal(1) == 1
    return begun if span.last is None else and_(begun, milliseconds < (span.last + 1) * DAY)


def _by_span(spans: Sequence[Span], counted: Sequence[Any]) -> list[tuple[str, int]]:
    return [(span.label, int(number)) for span, number in zip(spans, counted, strict=True)]


CERTIFIED_ONLY: Final = of_select(_certified_only, _drawn_certified_only, finish=_waited)


def _authorized_only(asked: Asked) -> Select[Any]:
    trained, held = certified(asked.at), authority(asked.at)
    return (
        select(Officer.name, Agency.name.label("agency"), Agency.state, held.c.model, held.c.number, held.c.since, Certificate.number)
        .add_columns(Agency.time_zone)
        .select_from(held)
        .join(Authorization, Authorization.id == held.c.id)
        .join(Certificate, Certificate.id == Authorization.certificate_id)
        .join(Officer, Officer.id == held.c.officer_id)
        .join(Agency, Agency.id == held.c.agency_id)
        .outerjoin(trained, trained.c.enrollment_id == held.c.enrollment_id)
        .where(held.c.in_force == 1, trained.c.enrollment_id.is_(None), *narrowed(asked, model=held.c.model))
        .order_by(held.c.since, held.c.number)
    )


def _drawn_authorized_only(session: Session, asked: Asked, _rows: Sequence[Row]) -> Picture:
    held = authority(asked.at)
    in_force = select(func.count()).select_from(held).join(Agency, Agency.id == held.c.agency_id)
    whole = session.scalar(in_force.where(held.c.in_force == 1, *narrowed(asked, model=held.c.model))) or 0
    wrong = session.scalar(select(func.count()).select_from(_authorized_only(asked).order_by(None).subquery())) or 0
    return Picture(wrong, (Share("Authorized, but not certified", wrong, whole, wanted=0),))


AUTHORIZED_ONLY: Final = of_select(_authorized_only, _drawn_authorized_only)


# --- What ends soon -------------------------------------------------------------------------------------------------


def _expiring(asked: Asked) -> Select[Any]:
    held = authority(asked.at)
    last = asked.at + timedelta(days=EXPIRING[-1].last or 0)
    standing = case((held.c.in_force == 1, "in force"), else_="suspended or dormant")
    return (
        select(Officer.name, Agency.name.label("agency"), Agency.state, held.c.model, held.c.number, held.c.ends_at.label("ends"))
        .add_columns(literal(0).label("days"), standing.label("standing"), Agency.time_zone)
        .select_from(held)
        .join(Officer, Officer.id == held.c.officer_id)
        .join(Agency, Agency.id == held.c.agency_id)
        .where(held.c.ends_at <= last, *narrowed(asked, model=held.c.model))
        .order_by(held.c.ends_at, held.c.number)
    )


def _left(asked: Asked, row: Row) -> Row:
    return (*row[:6], max(0, days_between(asked.on, day_of(row[5]))), *row[7:])


def _drawn_expiring(session: Session, asked: Asked, _rows: Sequence[Row]) -> Picture:
    found = _expiring(asked).order_by(None).subquery()
    left = type_coerce(found.c.ends, BigInteger) - literal(_stored(asked))
    edges = [left <= (span.last or 0) * DAY for span in EXPIRING]
    within = [int(one) for one in session.execute(select(*map(_total, edges)).select_from(found)).one()]
    parts = [number - before for number, before in zip(within, (0, *within), strict=False)]
    shares = tuple(Share(f"Within {span.last} days", number) for span, number in zip(EXPIRING, within, strict=True))
    chart = histogram("Days until the authority ends", axis="Days", of="Authorizations", values=_by_span(EXPIRING, parts))
    return Picture(within[-1], shares, (chart,))


EXPIRING_SOON: Final = of_select(_expiring, _drawn_expiring, finish=_left)


# --- How long it took -----------------------------------------------------------------------------------------------


def _times(asked: Asked) -> Select[Any]:
    listed = named(asked.at).cte("listed")
    certified_at = (
        select(Enrollment.nomination_id, func.min(listed.c.since).label("at"))
        .join(listed, listed.c.enrollment_id == Enrollment.id)
        .group_by(Enrollment.nomination_id)
        .cte("certified_at")
    )
    authorized_at = (
        select(Enrollment.nomination_id, func.min(Authorization.starts_at).label("at"))
        .join(Certificate, Certificate.id == Authorization.certificate_id)
        .join(Enrollment, Enrollment.id == Certificate.enrollment_id)
        .where(Authorization.starts_at <= asked.at)
        .group_by(Enrollment.nomination_id)
        .cte("authorized_at")
    )
    reached = or_(certified_at.c.at.is_not(None), authorized_at.c.at.is_not(None))
    return (
        select(Nomination.name, Agency.name.label("agency"), Agency.state, Agreement.model, Nomination.recorded_at.label("nominated"))
        .add_columns(certified_at.c.at.label("certified"), literal(None).label("to_certified"))
        .add_columns(authorized_at.c.at.label("authorized"), literal(None).label("to_authorized"), Agency.time_zone)
        .join(Agreement, Agreement.id == Nomination.agreement_id)
        .join(Agency, Agency.id == Agreement.agency_id)
        .outerjoin(certified_at, certified_at.c.nomination_id == Nomination.id)
        .outerjoin(authorized_at, authorized_at.c.nomination_id == Nomination.id)
        .where(reached, *narrowed(asked, model=Agreement.model))
        .order_by(Nomination.recorded_at.desc(), Nomination.id)
    )


def _timed(_asked: Asked, row: Row) -> Row:
    nominated, to_certified, to_authorized = day_of(row[4]), row[5], row[7]
    days = [None if one is None else max(0, days_between(nominated, day_of(one))) for one in (to_certified, to_authorized)]
    return (*row[:5], to_certified, days[0], to_authorized, days[1])


def _drawn_times(session: Session, asked: Asked, _rows: Sequence[Row]) -> Picture:
    found = _times(asked).order_by(None).subquery()
    begun = type_coerce(found.c.nominated, BigInteger)
    lengths = [type_coerce(column, BigInteger) - begun for column in (found.c.certified, found.c.authorized)]
    reached = [column.is_not(None) for column in (found.c.certified, found.c.authorized)]
    counts = [_total(and_(there, _within(length, span))) for there, length in zip(reached, lengths, strict=True) for span in WAITING]
    target = [_total(and_(there, length < (TARGET_DAYS + 1) * DAY)) for there, length in zip(reached, lengths, strict=True)]
    numbers = [int(one) for one in session.execute(select(*counts, *target, func.count()).select_from(found)).one()]
    spans = len(WAITING)
    certified_in, authorized_in = numbers[:spans], numbers[spans : 2 * spans]
    *in_time, count = numbers[2 * spans :]
    shares = (
        Share(f"Certified within {TARGET_DAYS} days, of those certified", in_time[0], sum(certified_in)),
        Share(f"Authorized within {TARGET_DAYS} days, of those authorized", in_time[1], sum(authorized_in)),
    )
    charts = (
        histogram("Days from nomination to certified", axis="Days", of="Nominations", values=_by_span(WAITING, certified_in)),
        histogram("Days from nomination to authorized", axis="Days", of="Nominations", values=_by_span(WAITING, authorized_in)),
    )
    return Picture(count, shares, charts)


TIMES: Final = of_select(_times, _drawn_times, finish=_timed)
