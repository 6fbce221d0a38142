"""What the rows say of officers whom an order covers when a certificate is asked for: the time-boxed one that they may be given."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from lms.certificates import short_rules
from lms.certificates.models import Certificate, CertificateOrder, Revocation
from lms.certificates.numbers import CertificateClass
from lms.certificates.rules import Gate, Record
from lms.certificates.short_rules import ShortRecord
from lms.enrollments.hours import online_minutes
from lms.enrollments.models import Enrollment, EnrollmentTrack
from lms.enrollments.track_rules import Track
from lms.enrollments.tracks import completed_by
from lms.influx.models import PolicyAcknowledgment
from lms.influx.order_queries import OrderDetail, orders_by_id
from lms.influx.order_rules import taken
from lms.places.rules import BY_POSTAL, counties

MOST_PLACES = 8
"""Places that a paper names one by one."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What a time-boxed certificate would rest on and say."""

    order_id: uuid.UUID
    certificate_class: CertificateClass
    ordinal: int
    expires_at: datetime | None
    good_until: str
    notes: tuple[str, ...]
    course_title: str
    subjects: tuple[str, ...]
    minutes: int
    gates: tuple[Gate, ...]


@dataclass(frozen=True, slots=True)
class _Held:
    """Certificates of one class under one order that an enrollment has had."""

    count: int
    last_end: datetime
    revoked: bool


@dataclass(frozen=True, slots=True)
class Found:
    """Everything known of some enrollments on a track, by enrollment."""

    tracks: Mapping[uuid.UUID, tuple[Track, OrderDetail]]
    acknowledged: frozenset[tuple[uuid.UUID, uuid.UUID]]
    completed: Mapping[uuid.UUID, frozenset[str]]
    held: Mapping[tuple[uuid.UUID, uuid.UUID], _Held]
    counts: Mapping[tuple[uuid.UUID, str], int]
    now: datetime


def found(session: Session, enrollment_ids: Collection[uuid.UUID], *, now: datetime) -> Found:
    """What is known of those among the enrollments that are on a track. One statement when none is, else nine."""
    rows = session.execute(
        select(EnrollmentTrack.enrollment_id, EnrollmentTrack.track, EnrollmentTrack.order_id, Enrollment.officer_id)
        .join(Enrollment, Enrollment.id == EnrollmentTrack.enrollment_id)
        .where(EnrollmentTrack.enrollment_id.in_(enrollment_ids))
        .order_by(EnrollmentTrack.recorded_at)
    ).all()
    if not rows:
        return Found({}, frozenset(), {}, {}, {}, now)
    orders = orders_by_id(session, {row.order_id for row in rows})
    chosen: dict[uuid.UUID, tuple[Track, OrderDetail]] = {}
    for row in rows:  # of several orders the newest counts, but one that is in force before one that is not
        order = orders[row.order_id]
        if row.enrollment_id not in chosen or order.is_in_force(now) or not chosen[row.enrollment_id][1].is_in_force(now):
            chosen[row.enrollment_id] = (Track(row.track), order)
    ids = chosen.keys()
    signed = select(PolicyAcknowledgment.order_id, PolicyAcknowledgment.officer_id).where(PolicyAcknowledgment.order_id.in_(orders.keys()))
    acknowledged = frozenset((row[0], row[1]) for row in session.execute(signed))
    completed = completed_by(session, {row.officer_id for row in rows})
    return Found(chosen, acknowledged, completed, _held(session, ids), _counts(session, ids), now)


def _held(session: Session, ids: Collection[uuid.UUID]) -> dict[tuple[uuid.UUID, uuid.UUID], _Held]:
    rows = session.execute(
        select(
            Certificate.enrollment_id,
            CertificateOrder.order_id,
            func.count(),
            func.max(CertificateOrder.expires_at),
            func.count(Revocation.certificate_id),
        )
        .join(CertificateOrder, CertificateOrder.certificate_id == Certificate.id)
        .outerjoin(Revocation, Revocation.certificate_id == Certificate.id)
        .where(Certificate.enrollment_id.in_(ids))
        .group_by(Certificate.enrollment_id, CertificateOrder.order_id)
    )
    return {(row[0], row[1]): _Held(row[2], row[3], row[4] > 0) for row in rows}


def _counts(session: Session, ids: Collection[uuid.UUID]) -> dict[tuple[uuid.UUID, str], int]:
    asked = select(Certificate.enrollment_id, Certificate.certificate_class, func.count()).where(Certificate.enrollment_id.in_(ids))
    return {(row[0], row[1]): row[2] for row in session.execute(asked.group_by(Certificate.enrollment_id, Certificate.certificate_class))}


def has_short_one(now: datetime) -> ColumnElement[bool]:
    """That an enrollment has a time-boxed certificate whose time has not run out."""
    return exists().where(
        Certificate.enrollment_id == Enrollment.id, CertificateOrder.certificate_id == Certificate.id, CertificateOrder.expires_at > now
    )


def is_waived() -> ColumnElement[bool]:
    """That an enrollment is on the waived track of any order."""
    return exists().where(EnrollmentTrack.enrollment_id == Enrollment.id, EnrollmentTrack.track == Track.WAIVED)


def basis(known: Found, enrollment: Enrollment, manifest: Mapping[str, Any], record: Record) -> Basis | None:
    """What the enrollment may be given by the order that puts it on a track; None for one on the standard track."""
    if enrollment.id not in known.tracks:
        return None
    track, order = known.tracks[enrollment.id]
    held = known.held.get((enrollment.id, order.id))
    completed = known.completed.get(enrollment.officer_id, frozenset())
    waived = track is Track.WAIVED
    expires_at = order.good_until(known.now)
    kind = short_rules.class_of(drill=order.declaration.drill, track_waived=waived)
    facts = ShortRecord(
        record=record,
        track_waived=waived,
        waives_everything=order.waives_everything,
        expires_at=expires_at,
        acknowledged=(order.id, enrollment.officer_id) in known.acknowledged,
        kept=order.kept_lessons,
        completed=completed,
        lives=held is not None and held.last_end > known.now,
        revoked=held is not None and held.revoked,
    )
    subjects, minutes = _credited(manifest, completed)
    return Basis(
        order_id=order.id,
        certificate_class=kind,
        ordinal=known.counts.get((enrollment.id, kind), 0) + 1,
        expires_at=expires_at,
        good_until=_last_day(expires_at or known.now, order.declaration.time_zone),
        notes=_notes(order, completed, known.now, expires_at or known.now),
        course_title=order.course_title,
        subjects=subjects,
        minutes=minutes if waived else minutes + record.attended,
        gates=short_rules.gates(facts),
    )


def _credited(manifest: Mapping[str, Any], completed: frozenset[str]) -> tuple[tuple[str, ...], int]:
    """The subjects of which anything was taken, in the course's order, and the minutes credited."""
    lessons = [(module["subject"], lesson) for module in manifest["modules"] for lesson in module["lessons"] if lesson["id"] in completed]
    subjects = tuple(dict.fromkeys(subject for subject, _ in lessons))
    return subjects, sum(online_minutes(lesson["minutes"]) for _, lesson in lessons)


def _notes(order: OrderDetail, completed: frozenset[str], now: datetime, expires_at: datetime) -> tuple[str, ...]:
    declared = order.declaration
    zone = declared.time_zone
    begins = next((one.starts_at for one in declared.period(now) if one.covers(now)), now)
    return short_rules.notes(
        taken(order.scope, completed),
        declared=declared.title,
        places=_places(order, now),
        begins_on=begins.astimezone(ZoneInfo(zone)).date().isoformat(),
        ends_on=_last_day(expires_at, zone),
        drill=declared.drill,
    )


def _places(order: OrderDetail, now: datetime) -> str:
    boundaries = order.declaration.boundaries(now)
    names = [
        *sorted(BY_POSTAL[postal].name for postal in boundaries.states),
        *(counties()[fips].label for fips in sorted(boundaries.counties) if fips in counties()),
    ]
    return _shortened(names)


def _shortened(names: Sequence[str]) -> str:
    if len(names) <= MOST_PLACES:
        return ", ".join(names)
    return f"{', '.join(names[:MOST_PLACES])} and {len(names) - MOST_PLACES} more places that the record names"


def _last_day(expires_at: datetime, zone: str) -> str:
    """The last day on which something holds that ends at that moment."""
    return (expires_at - timedelta(milliseconds=1)).astimezone(ZoneInfo(zone)).date().isoformat()
