"""Putting officers whom an order covers on their track, and carrying credit into the class where they make up what is owed."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.rules import Identity
from lms.agencies.models import Nomination, NominationOutcome
from lms.agencies.nomination_rules import Outcome
from lms.audit import service as audit
from lms.courses.models import CourseRevision
from lms.enrollments import crediting
from lms.enrollments.enrolling import service
from lms.enrollments.enrolling.queries import officer_of_nomination
from lms.enrollments.models import Completion, Enrollment, EnrollmentTrack, Offering
from lms.enrollments.track_rules import Track, lessons_not_taught, track_in
from lms.influx.models import OrderOfficer
from lms.influx.order_queries import OrderDetail, OrderOfficerRow, officers_of
from lms.kernel.errors import Conflict, Invalid


class WrongClass(Invalid):
    """The class does not carry out the order."""


class NotCovered(Invalid):
    """An officer is put on a track only by an order that covers them and holds now."""


class NotNominated(Conflict):
    """An officer comes into a class by an approved nomination under the agreement by which the order covers them, and by nothing else."""


class NoPlace(Conflict):
    """Officers under an order are not put on a waiting list: the class has a place for each, or another one is chosen."""


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A class that can be chosen for officers under an order. `track`: what it gives them."""

    id: uuid.UUID
    title: str
    course_title: str
    track: Track


def classes_for(session: Session, order: OrderDetail, *, now: datetime) -> list[ClassRow]:
    """The classes that are not over and carry out an order, the newest first."""
    rows = session.execute(
        select(Offering, CourseRevision)
        .join(CourseRevision, CourseRevision.hash == Offering.course_hash)
        .where(CourseRevision.program_model == "INFLUX", Offering.ends_on >= now.date())
        .order_by(Offering.starts_on.desc(), Offering.title, Offering.id)
        .limit(100)
    )
    found = [(offering, course, _track(course, order)) for offering, course in rows]
    return [
        ClassRow(offering.id, offering.title, course.title, track)
        for offering, course, track in found
        if track and not (track is Track.ABBREVIATED and lessons_not_taught(order.kept_lessons, _lessons(course)))
    ]


def _track(course: CourseRevision, order: OrderDetail) -> Track | None:
    return track_in(
        course_id=course.course_id,
        abbreviates=course.manifest.get("abbreviates", ""),
        ordered=order.course_id,
        waives_everything=order.waives_everything,
    )


def _lessons(course: CourseRevision) -> set[str]:
    return {lesson["id"] for module in course.manifest["modules"] for lesson in module["lessons"]}


def finishing_classes(session: Session, order: OrderDetail, *, now: datetime) -> list[tuple[uuid.UUID, str]]:
    """The classes of the whole course that are not over, in which what an order left owed can be made up."""
    rows = session.execute(
        select(Offering.id, Offering.title)
        .join(CourseRevision, CourseRevision.hash == Offering.course_hash)
        .where(CourseRevision.course_id == order.course_id, Offering.ends_on >= now.date())
        .order_by(Offering.starts_on.desc(), Offering.title, Offering.id)
        .limit(100)
    )
    return [(row[0], row[1]) for row in rows]


def put_on_track(
    session: Session, *, actor: Identity, order: OrderDetail, offering_id: uuid.UUID, officer_ids: Collection[uuid.UUID], now: datetime
) -> int:
    """Enroll officers whom the order covers in a class that carries it out, on its track. Returns how many are new on it."""
    if not order.is_in_force(now):
        raise NotCovered("The order is not in force now.")
    chosen = _covered(session, order, officer_ids)
    track = next((row.track for row in classes_for(session, order, now=now) if row.id == offering_id), None)
    if track is None:
        raise WrongClass(
            "This class does not teach what the order keeps. Open one on the short form; on the whole course if all is waived."
        )
    enrollments = _enroll(session, actor, order, offering_id, chosen, now)
    coming = _without_track(session, order, enrollments)
    for enrollment in coming:
        who = {"recorded_by": actor.user_id, "recorded_at": now}
        session.add(EnrollmentTrack(enrollment_id=enrollment.id, order_id=order.id, track=track, **who))
        _tell(session, actor, f"put an officer on the track: {track}", enrollment, now, order=str(order.id))
    return len(coming)


def _covered(session: Session, order: OrderDetail, officer_ids: Collection[uuid.UUID]) -> list[OrderOfficerRow]:
    rows = [row for row in officers_of(session, [order.id], page=None) if row.officer_id in set(officer_ids)]
    if not rows or len(rows) != len(set(officer_ids)):
        raise NotCovered("Choose officers whom the order covers.")
    return rows


def _enroll(
    session: Session, actor: Identity, order: OrderDetail, offering_id: uuid.UUID, chosen: Sequence[OrderOfficerRow], now: datetime
) -> list[Enrollment]:
    """Enroll officers by their nominations under the agreements by which the order covers them, all of them or none."""
    nominated = _nominations(session, order, [row.officer_id for row in chosen])
    missing = [row.name for row in chosen if row.officer_id not in nominated]
    if missing:
        names = ", ".join(missing)
        raise NotNominated(f"Approve a nomination under the agreement that the order covers first. It is missing for: {names}.")
    service.enroll(session, actor=actor, offering_id=offering_id, nomination_ids=list(nominated.values()), now=now)
    session.flush()
    inside = select(Enrollment).where(Enrollment.offering_id == offering_id, Enrollment.officer_id.in_(nominated.keys()))
    enrollments = list(session.scalars(inside.order_by(Enrollment.id)))
    if len(enrollments) != len(chosen):
        raise NoPlace(
            f"The class has no place for {len(chosen) - len(enrollments)} of these officers. Give it more places, or choose another class."
        )
    return enrollments


def _nominations(session: Session, order: OrderDetail, officer_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """The approved nomination of each officer under the agreement by which the order covers them. One statement."""
    under = (
        select(OrderOfficer.officer_id, Nomination.id)
        .join(Nomination, Nomination.agreement_id == OrderOfficer.agreement_id)
        .join(NominationOutcome, NominationOutcome.nomination_id == Nomination.id)
        .where(OrderOfficer.order_id == order.id, OrderOfficer.officer_id.in_(officer_ids))
        .where(NominationOutcome.outcome == Outcome.APPROVED, officer_of_nomination() == OrderOfficer.officer_id)
        .order_by(Nomination.id)
    )
    return {row[0]: row[1] for row in session.execute(under)}


def _without_track(session: Session, order: OrderDetail, enrollments: Sequence[Enrollment]) -> list[Enrollment]:
    asked = select(EnrollmentTrack.enrollment_id).where(
        EnrollmentTrack.order_id == order.id, EnrollmentTrack.enrollment_id.in_([one.id for one in enrollments])
    )
    on_track = set(session.scalars(asked))
    return [one for one in enrollments if one.id not in on_track]


def take_up_whole(
    session: Session, *, actor: Identity, order: OrderDetail, offering_id: uuid.UUID, officer_ids: Collection[uuid.UUID], now: datetime
) -> int:
    """Enroll officers in a class of the whole course, to make up what is owed; what they did before is credited (R-25)."""
    if offering_id not in {row[0] for row in finishing_classes(session, order, now=now)}:
        raise WrongClass("Choose a class of the whole course that is not over.")
    enrollments = _enroll(session, actor, order, offering_id, _covered(session, order, officer_ids), now)
    for enrollment in enrollments:
        crediting.carry(session, actor=actor, enrollment=enrollment, now=now)
    return len(enrollments)


def _tell(session: Session, actor: Identity, action: str, enrollment: Enrollment, now: datetime, **details: object) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        object_type="enrollment",
        object_id=enrollment.id,
        agency_id=enrollment.agency_id,
        details=details,
        now=now,
    )


def completed_by(session: Session, officer_ids: Collection[uuid.UUID], *, at: datetime | None = None) -> Mapping[uuid.UUID, frozenset[str]]:
    """The lessons that each officer has completed, in whichever class; with `at`, those completed by then. One statement."""
    asked = (
        select(Enrollment.officer_id, Completion.lesson_id)
        .join(Enrollment, Enrollment.id == Completion.enrollment_id)
        .where(Enrollment.officer_id.in_(officer_ids), *([] if at is None else [Completion.at <= at]))
        .distinct()
    )
    found: defaultdict[uuid.UUID, set[str]] = defaultdict(set)
    for officer_id, lesson_id in session.execute(asked):
        found[officer_id].add(lesson_id)
    return {officer_id: frozenset(lessons) for officer_id, lessons in found.items()}


def tracks_of(session: Session, order_ids: Collection[uuid.UUID]) -> dict[tuple[uuid.UUID, uuid.UUID], str]:
    """(order, officer): the title of the class in which the officer is on the order's track. One statement."""
    asked = (
        select(EnrollmentTrack.order_id, Enrollment.officer_id, Offering.title)
        .join(Enrollment, Enrollment.id == EnrollmentTrack.enrollment_id)
        .join(Offering, Offering.id == Enrollment.offering_id)
        .where(EnrollmentTrack.order_id.in_(order_ids))
    )
    return {(row[0], row[1]): row[2] for row in session.execute(asked)}
