"""What happens in a sitting: acts of its proctors, incidents and rulings, requests that need a second person, and the closing."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base
from lms.db.types import CanonicalJson, Id, UtcDateTime


class SittingAct(Base):
    """One act of a proctor on officers of a sitting. Its id is that of the form, so that a form sent twice acts once.

    `told` is what the act said beside its reason (minutes, moments, text). `outcomes` says for each officer whom it was meant for what
    was done, or why not: {"enrollment", "attempt", "done", "said"}. What an attempt went through stands in its own steps.
    """

    __tablename__ = "sitting_act"
    __append_only__ = True

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    sitting_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sitting.id"), index=True)
    kind: Mapped[str]
    reason: Mapped[str]
    note: Mapped[str]
    told: Mapped[Any] = mapped_column(CanonicalJson)
    outcomes: Mapped[Any] = mapped_column(CanonicalJson)
    done_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Incident(Base):
    """Something seen in a sitting: when it happened, and when it was written down. It accuses nobody; a ruling says what came of it."""

    __tablename__ = "incident"
    __append_only__ = True

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    sitting_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sitting.id"), index=True)
    kind: Mapped[str]
    what: Mapped[str]
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class IncidentOfficer(Base):
    """An officer whom an incident concerns, with the attempt and the question the officer was on, where there was one."""

    __tablename__ = "incident_officer"
    __append_only__ = True

    incident_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("incident.id"), primary_key=True)
    enrollment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrollment.id"), primary_key=True)
    attempt_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("attempt.id"), index=True)
    question: Mapped[int | None]


class IncidentRuling(Base):
    """What a proctor decided about an incident. Its key makes a second one impossible; what is found later is another incident."""

    __tablename__ = "incident_ruling"
    __append_only__ = True

    incident_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("incident.id"), primary_key=True)
    ruling: Mapped[str]
    note: Mapped[str]
    ruled_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ActRequest(Base):
    """One person's request for an act that can change the outcome of an exam; another one decides. `minutes`: the time it is to give.

    `standing` is what decided the outcome when it was asked for (see `rules.standing_mark`): when that has changed, the request is void.
    """

    __tablename__ = "act_request"
    __append_only__ = True

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempt.id"), index=True)
    asked: Mapped[str]
    minutes: Mapped[int]
    reason: Mapped[str]
    note: Mapped[str]
    standing: Mapped[Any] = mapped_column(CanonicalJson)
    requested_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ActDecision(Base):
    """Another person's word on a request: confirmed, and so done, or declined. Its key makes a second one impossible."""

    __tablename__ = "act_decision"
    __append_only__ = True

    request_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("act_request.id"), primary_key=True)
    outcome: Mapped[str]
    note: Mapped[str]
    decided_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class SittingClosing(Base):
    """The end of a sitting by one of its proctors: the report as it then stood, with the proctor's own statement. It is never changed."""

    __tablename__ = "sitting_closing"
    __append_only__ = True

    sitting_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sitting.id"), primary_key=True)
    report: Mapped[Any] = mapped_column(CanonicalJson)
    closed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
