"""What a report found: a page of rows with the picture above it, or all rows of a download."""

from typing import Final

from sqlalchemy.orm import Session

from lms.reports import agreement_queries, catalogue, class_queries, compliance_queries, influx_queries, officer_queries
from lms.reports.finding import Found, Source
from lms.reports.rules import Asked, Report

SOURCES: Final[dict[str, Source]] = {
    catalogue.MAP.id: agreement_queries.MAP,
    catalogue.AGREEMENTS.id: agreement_queries.AGREEMENTS,
    catalogue.ROSTER.id: officer_queries.ROSTER,
    catalogue.COMPLIANCE.id: compliance_queries.COMPLIANCE,
    catalogue.OVERDUE.id: compliance_queries.OVERDUE_TRAINING,
    catalogue.CERTIFIED_ONLY.id: officer_queries.CERTIFIED_ONLY,
    catalogue.AUTHORIZED_ONLY.id: officer_queries.AUTHORIZED_ONLY,
    catalogue.CLASSES.id: class_queries.CLASSES,
    catalogue.TIMES.id: officer_queries.TIMES,
    catalogue.EXPIRING.id: officer_queries.EXPIRING_SOON,
    catalogue.AFTER_ACTION.id: influx_queries.AFTER_ACTION,
}


def page(session: Session, *, report: Report, asked: Asked, number: int) -> Found:
    """One page of a report with its picture."""
    source = SOURCES[report.id]
    rows = source.rows(session, asked, (number - 1) * report.per_page, report.per_page)
    return Found(asked, rows, source.draw(session, asked, rows))


def whole(session: Session, *, report: Report, asked: Asked) -> Found:
    """A whole report, up to the most rows of a download, with its picture."""
    source = SOURCES[report.id]
    rows = source.rows(session, asked, 0, report.most)
    return Found(asked, rows, source.draw(session, asked, rows))
