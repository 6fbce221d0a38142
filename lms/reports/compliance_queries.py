"""Whether the required training was done: compliance by agency and officer, and what is overdue, one by one."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import CTE, ColumnElement, CompoundSelect, Select, case, exists, func, literal, select, union_all
from sqlalchemy.orm import Session

from lms.accounts.models import Officer
from lms.agencies.models import Agency
from lms.authorizations.models import RefresherRequirement, RefresherSettlement
from lms.certificates.models import Certificate
from lms.courses.models import CourseRevision
from lms.enrollments.models import Enrollment, Offering, OfferingCancellation, Withdrawal
from lms.reports.charts import bars, histogram
from lms.reports.conditions import authority, certified, narrowed
from lms.reports.finding import Picture, Source, day_of, of_select
from lms.reports.rules import MODELS, OVERDUE, Asked, Row, Share, Span, days_between, percent

OF_AGENCIES: Final = "agencies"
OF_OFFICERS: Final = "officers"

# --- What is overdue ------------------------------------------------------------------------------------------------


def _is_overdue(asked: Asked) -> ColumnElement[bool]:
    """That further training was due before the day, and neither done nor waived by then."""
    settled = exists().where(RefresherSettlement.requirement_id == RefresherRequirement.id, RefresherSettlement.on <= asked.on)
    return (RefresherRequirement.due_on < asked.on) & ~settled


def _overdue(asked: Asked) -> Select[Any]:
    held = authority(asked.at)
    refreshers = (
        select(
            held.c.officer_id,
            held.c.agency_id,
            held.c.model,
            RefresherRequirement.title.label("what"),
            literal("further training").label("kind"),
            RefresherRequirement.due_on.label("due"),
        )
        .join(held, held.c.id == RefresherRequirement.authorization_id)
        .where(_is_overdue(asked))
    )
    unfinished = (
        select(
            Enrollment.officer_id,
            Enrollment.agency_id,
            CourseRevision.program_model,
            Offering.title,
            literal("training in a class"),
            Offering.ends_on,
        )
        .join(Offering, Offering.id == Enrollment.offering_id)
        .join(CourseRevision, CourseRevision.hash == Offering.course_hash)
        .where(
            Offering.ends_on < asked.on,
            Enrollment.enrolled_at <= asked.at,
            ~exists().where(Withdrawal.enrollment_id == Enrollment.id, Withdrawal.at <= asked.at),
            ~exists().where(OfferingCancellation.offering_id == Offering.id, OfferingCancellation.at <= asked.at),
            ~exists().where(Certificate.enrollment_id == Enrollment.id, Certificate.reserved_at <= asked.at),
        )
    )
    owed = union_all(refreshers, unfinished).subquery()
    return (
        select(Officer.name, Agency.name.label("agency"), Agency.state, owed.c.model, owed.c.kind, owed.c.what, owed.c.due)
        .add_columns(literal(0).label("days"), Agency.time_zone)
        .select_from(owed)
        .join(Officer, Officer.id == owed.c.officer_id)
        .join(Agency, Agency.id == owed.c.agency_id)
        .where(*narrowed(asked, model=owed.c.model))
        .order_by(owed.c.due, Officer.name, owed.c.what)
    )


def _late(asked: Asked, row: Row) -> Row:
    return (*row[:7], days_between(day_of(row[6]), asked.on))


def _drawn_overdue(session: Session, asked: Asked, _rows: Sequence[Row]) -> Picture:
    found = _overdue(asked).order_by(None).subquery()
    counts = [func.coalesce(func.sum(case((_due_in(found.c.due, asked, span), 1), else_=0)), 0) for span in OVERDUE]
    numbers = [int(one) for one in session.execute(select(*counts).select_from(found)).one()]
    values = [(span.label, number) for span, number in zip(OVERDUE, numbers, strict=True)]
    chart = histogram("Days overdue", axis="Days", of="Trainings", values=values)
    return Picture(sum(numbers), (Share("Trainings overdue", sum(numbers)),), (chart,))


def _due_in(due: ColumnElement[Any], asked: Asked, span: Span) -> ColumnElement[bool]:
    newest = due <= asked.on - timedelta(days=span.first)
    return newest if span.last is None else newest & (due >= asked.on - timedelta(days=span.last))


OVERDUE_TRAINING: Final = of_select(_overdue, _drawn_overdue, finish=_late)


# --- Compliance -----------------------------------------------------------------------------------------------------


def _officers(asked: Asked) -> CTE:
    """Every officer with authority or certified, once for each agency and model, and whether all that was due is done."""
    trained, held = certified(asked.at), authority(asked.at)
    late = exists().where(RefresherRequirement.authorization_id == held.c.id, _is_overdue(asked))
    done = case((trained.c.enrollment_id.is_not(None) & ~late, 1), else_=0)
    with_authority = select(held.c.officer_id, held.c.agency_id, held.c.model, done.label("done")).outerjoin(
        trained, trained.c.enrollment_id == held.c.enrollment_id
    )
    with_certificate = select(trained.c.officer_id, trained.c.agency_id, trained.c.model, literal(1))
    found = union_all(with_authority, with_certificate).subquery()
    return (
        select(found.c.officer_id, found.c.agency_id, found.c.model, func.min(found.c.done).label("done"))
        .join(Agency, Agency.id == found.c.agency_id)
        .where(*narrowed(asked, model=found.c.model))
        .group_by(found.c.officer_id, found.c.agency_id, found.c.model)
        .cte("officers")
    )


def _agencies(officers: CTE) -> CTE:
    once = (
        select(officers.c.officer_id, officers.c.agency_id, func.min(officers.c.done).label("done"))
        .group_by(officers.c.officer_id, officers.c.agency_id)
        .subquery()
    )
    return (
        select(once.c.agency_id, func.count().label("officers"), func.sum(once.c.done).label("done"))
        .group_by(once.c.agency_id)
        .cte("agencies")
    )


def _compliance_rows(session: Session, asked: Asked, first: int, most: int) -> list[Row]:
    found = _agencies(_officers(asked))
    listed = (
        select(Agency.name, Agency.state, found.c.officers, found.c.done)
        .join(found, found.c.agency_id == Agency.id)
        .order_by(found.c.done * 1000 / found.c.officers, Agency.state, Agency.name, Agency.id)
        .offset(first)
        .limit(most)
    )
    return [
        (name, state, int(done), officers, percent(int(done), officers), "yes" if done == officers else "no")
        for name, state, officers, done in session.execute(listed)
    ]


def _drawn_compliance(session: Session, asked: Asked, _rows: Sequence[Row]) -> Picture:
    counted = {what: (int(whole), int(done or 0)) for what, whole, done in session.execute(_totals(asked))}
    (agencies, in_compliance), (officers, done) = counted.pop(OF_AGENCIES), counted.pop(OF_OFFICERS)
    chart = bars(
        "Officers by model",
        of="Model",
        kinds=("in compliance", "not in compliance"),
        values=[(label, (counted[one][1], counted[one][0] - counted[one][1])) for one, label in MODELS.items() if one in counted],
    )
    shares = (Share("Agencies in compliance", in_compliance, agencies), Share("Officers in compliance", done, officers))
    return Picture(agencies, shares, (chart,))


def _totals(asked: Asked) -> CompoundSelect[Any]:
    """How many agencies and officers there are, and how many of each are in compliance; then the officers of each model."""
    officers = _officers(asked)
    agencies = _agencies(officers)
    complete = case((agencies.c.done == agencies.c.officers, 1), else_=0)
    once = select(officers.c.officer_id, func.min(officers.c.done).label("done")).group_by(officers.c.officer_id).subquery()
    return union_all(
        select(literal(OF_AGENCIES), func.count(), func.sum(complete)).select_from(agencies),
        select(literal(OF_OFFICERS), func.count(), func.sum(once.c.done)).select_from(once),
        select(officers.c.model, func.count(), func.sum(officers.c.done)).group_by(officers.c.model),
    )


COMPLIANCE: Final = Source(_compliance_rows, _drawn_compliance)
