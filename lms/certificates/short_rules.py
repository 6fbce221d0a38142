"""What a certificate of abbreviated or waived training needs, and what it says: never a full one (R-24, R-27). Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from lms.certificates.numbers import CertificateClass
from lms.certificates.rules import Gate, Record, acknowledgment_gates, attendance_gates, drawing_gates, ended_gates, exam_gates
from lms.influx.order_rules import Taken

LIVES = "None at this time"
"""The label of the condition that no other is alive."""


@dataclass(frozen=True, slots=True)
class ShortRecord:
    """What decides about a time-boxed certificate. `record`: of the class; `lives`: one that has not ended was issued already."""

    record: Record
    track_waived: bool
    waives_everything: bool
    expires_at: datetime | None
    acknowledged: bool
    kept: frozenset[str]
    completed: frozenset[str]
    lives: bool
    revoked: bool


def class_of(*, drill: bool, track_waived: bool) -> CertificateClass:
    """The class, and with it the number series, of what an order gives."""
    if drill:
        return CertificateClass.DRILL
    return CertificateClass.WAIVED if track_waived else CertificateClass.ABBREVIATED


def gates(found: ShortRecord) -> tuple[Gate, ...]:
    """Every condition of a time-boxed certificate, met or not."""
    record = found.record
    short = [_lessons(found), *attendance_gates(record), *exam_gates(record.exams), *acknowledgment_gates(record)]
    training = [_waived(found)] if found.track_waived else short
    conditions = (_order(found.expires_at), *ended_gates(record.ended), _acknowledged(found), *training)
    return (*conditions, *drawing_gates(record.undrawable), *_earlier(found))


def _order(expires_at: datetime | None) -> Gate:
    reason = "An order for this officer is in force." if expires_at else "No order for this officer is in force now."
    return Gate("An order in force", expires_at is not None, reason, "28 CFR 65.84(a)(4); R-24")


def _acknowledged(found: ShortRecord) -> Gate:
    reason = "The officer has acknowledged them." if found.acknowledged else "The officer acknowledges them on the first page of this site."
    return Gate("Policies and standards acknowledged", found.acknowledged, reason, "28 CFR 65.84(a)(4); R-27")


def _lessons(found: ShortRecord) -> Gate:
    done = len(found.kept & found.completed)
    reason = f"{done} of {len(found.kept)} lessons that the order keeps are complete."
    return Gate("The lessons that remain completed", done == len(found.kept), reason, "R-24")


def _waived(found: ShortRecord) -> Gate:
    reason = "The order waives every lesson." if found.waives_everything else "The order keeps lessons."
    return Gate("All training waived", found.waives_everything, reason, "28 CFR 65.84(a)(4); R-24")


def _earlier(found: ShortRecord) -> list[Gate]:
    if found.revoked:
        return [Gate("Nothing revoked", False, "A certificate under this order was revoked, and revoking is final.", "one at a time")]
    if found.lives:
        return [Gate(LIVES, False, "There is a certificate under the order that has not ended.", "one at a time")]
    return []


def notes(found: Taken, *, declared: str, places: str, begins_on: str, ends_on: str, drill: bool) -> tuple[str, ...]:
    """What the paper says beside the course: what was taken, shortened and waived, where and how long it holds (R-24)."""
    training = (
        _listed("Taken in full", found.taken),
        _listed("Shortened", found.shortened),
        _listed("Waived", found.waived),
    )
    source = "a drill" if drill else "28 CFR 65.84(a)(4)"
    return (
        *(sentence for sentence in training if sentence),
        f"Under {source}: {declared}, {begins_on} to {ends_on}, within: {places}.",
        "It ends with the declaration at the latest. What was shortened or waived stays owed.",
    )


def _listed(label: str, titles: Collection[str]) -> str:
    return f"{label}: {'; '.join(titles)}." if titles else ""
