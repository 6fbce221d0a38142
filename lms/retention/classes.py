"""Which rows a class of records consists of, whose they are, and from when their years run."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from lms.accounts.models import Officer, UserSession
from lms.certificates.models import Certificate, CertificateSecret
from lms.db.base import Base
from lms.enrollments.models import CheckAnswer, Enrollment, Heartbeat, Offering
from lms.notices.models import Notice, NoticeFailure, NoticeSending, NoticeWaiting
from lms.retention.rules import RecordClass

Held = Collection[uuid.UUID]


@dataclass(frozen=True, slots=True)
class Records:
    """The records of a class: `chosen` selects their ids, `moment` says from when their years run, `officer` whom they are about.

    `tables` are what goes, in order, each by the column that holds such an id; the first one's rows are counted.
    """

    chosen: Select[*tuple[Any, ...]]
    moment: Any
    officer: Any
    tables: tuple[tuple[type[Base], Any], ...]

    def due(self, *, cutoff: datetime, held: Held) -> Select[*tuple[Any, ...]]:
        """The ids of what is older than `cutoff` and about nobody in `held`."""
        asked = self.chosen.where(self.moment < cutoff)
        return asked.where(self.officer.is_(None) | self.officer.not_in(held)) if held else asked


def _of_enrollments(table: type[Heartbeat] | type[CheckAnswer]) -> Records:
    chosen = select(table.id).join(Enrollment, Enrollment.id == table.enrollment_id).join(Offering, Offering.id == Enrollment.offering_id)
    return Records(chosen, Offering.ends_on, Enrollment.officer_id, ((table, table.id),))


RECORDS: Final[dict[RecordClass, tuple[Records, ...]]] = {
    RecordClass.READING_TRACES: (_of_enrollments(Heartbeat), _of_enrollments(CheckAnswer)),
    RecordClass.NOTICES: (
        Records(
            select(Notice.id).outerjoin(Officer, Officer.user_id == Notice.user_id),
            Notice.written_at,
            Officer.id,
            (
                (NoticeWaiting, NoticeWaiting.notice_id),
                (NoticeFailure, NoticeFailure.notice_id),
                (NoticeSending, NoticeSending.notice_id),
                (Notice, Notice.id),
            ),
        ),
    ),
    RecordClass.SESSIONS: (
        Records(
            select(UserSession.id).outerjoin(Officer, Officer.user_id == UserSession.user_id),
            UserSession.expires_at,
            Officer.id,
            ((UserSession, UserSession.id),),
        ),
    ),
    RecordClass.CERTIFICATE_NAMES: (
        Records(
            select(CertificateSecret.certificate_id).join(Certificate, Certificate.id == CertificateSecret.certificate_id),
            Certificate.reserved_at,
            Certificate.officer_id,
            ((CertificateSecret, CertificateSecret.certificate_id),),
        ),
    ),
}


def count(session: Session, record_class: RecordClass, *, cutoff: datetime, held: Held) -> int:
    """How many records of the class may go."""
    due = (records.due(cutoff=_kept(records, cutoff), held=held) for records in RECORDS[record_class])
    return sum(session.scalar(select(func.count()).select_from(asked.subquery())) or 0 for asked in due)


def remove(session: Session, record_class: RecordClass, *, cutoff: datetime, held: Held) -> None:
    """Delete them, with what hangs on each. The caller has opened the way and counted."""
    for records in RECORDS[record_class]:
        ids = list(session.scalars(records.due(cutoff=_kept(records, cutoff), held=held)))
        for table, column in records.tables:
            for first in range(0, len(ids), AT_ONCE):
                session.execute(delete(table).where(column.in_(ids[first : first + AT_ONCE])))


AT_ONCE: Final = 500


def _kept(records: Records, cutoff: datetime) -> Any:
    """The cutoff as the column keeps it: a day or a moment."""
    return cutoff.date() if records.moment is Offering.ends_on else cutoff
