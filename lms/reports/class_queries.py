"""The report on classes: what each came to, and the chart of those on the page."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from lms.courses.models import CourseRevision
from lms.enrollments.models import Offering, OfferingNumber
from lms.enrollments.rules import class_number
from lms.reports.charts import bars
from lms.reports.finding import Picture, Source
from lms.reports.rules import Asked, Row, Share
from lms.rosters import queries as rosters

AT_ONCE: Final = 25
"""Classes whose officers are looked at together."""
KINDS: Final = ("passed", "retake offered", "disqualified", "withdrew", "not finished")


def _classes(asked: Asked) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Offering.id,
            OfferingNumber.year,
            OfferingNumber.ordinal,
            Offering.title,
            CourseRevision.program_model,
            Offering.starts_on,
            Offering.ends_on,
        )
        .join(OfferingNumber, OfferingNumber.offering_id == Offering.id)
        .join(CourseRevision, CourseRevision.hash == Offering.course_hash)
        .where(Offering.starts_on <= asked.on, *([CourseRevision.program_model == asked.model] if asked.model else []))
        .order_by(Offering.starts_on.desc(), Offering.title, Offering.id)
    )


def _rows(session: Session, asked: Asked, first: int, most: int) -> list[Row]:
    found = session.execute(_classes(asked).offset(first).limit(most)).all()
    rows: list[Row] = []
    for begin in range(0, len(found), AT_ONCE):
        part = found[begin : begin + AT_ONCE]
        totals = rosters.totals_of(session, offering_ids=[row.id for row in part], now=asked.at)
        for offering_id, year, ordinal, title, model, starts_on, ends_on in part:
            came = totals[offering_id]
            outcome = (came.enrolled, came.started, came.passed, came.retake, came.disqualified, came.withdrew)
            rows.append((class_number(year, ordinal), title, model, starts_on, ends_on, *outcome))
    return rows


def _drawn(session: Session, asked: Asked, rows: Sequence[Row]) -> Picture:
    count = session.scalar(select(func.count()).select_from(_classes(asked).order_by(None).subquery())) or 0
    values, passed, started = [], 0, 0
    for row in rows:
        enrolled, begun, *ended = (int(str(cell)) for cell in row[5:])
        values.append((f"{row[0]} {row[1]}", (*ended, max(0, enrolled - sum(ended)))))
        passed, started = passed + ended[0], started + begun
    chart = bars("What became of the officers of the classes on this page", of="Class", kinds=KINDS, values=values)
    return Picture(count, (Share("Passed, of those who started, in the classes on this page", passed, started),), (chart,) if rows else ())


CLASSES: Final = Source(_rows, _drawn)
