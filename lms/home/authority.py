"""What waits for a supervisor: officers to authorize, clocks that run, training and authorizations that end."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from lms.authorizations import complaint_queries, listing, refreshing
from lms.authorizations.listing import Shown


@dataclass(frozen=True, slots=True)
class Queue:
    """How many things of a kind wait, and where they are."""

    count: int
    label: str
    endpoint: str
    show: str = ""


def queues(session: Session, *, now: datetime) -> list[Queue]:
    """Everything that waits, what presses most first; nothing is left out, so that a zero can be seen. Five statements."""
    counts = listing.counts(session, now=now)
    overdue = refreshing.owed_count(session, now=now, before=(now - timedelta(days=1)).date())
    return [
        Queue(complaint_queries.overdue_count(session, now=now), "notices about complaints overdue", "complaints.complaints"),
        Queue(listing.open_notice_count(session), "notices about authorizations to give", "authorizations.notices"),
        Queue(listing.waiting_count(session, now=now), "officers certified and not authorized", "authorizations.waiting"),
        Queue(overdue, "officers' trainings overdue", "refreshers.refreshers"),
        Queue(counts[Shown.EXPIRING], "authorizations that end within 90 days", "authorizations.authorizations", Shown.EXPIRING),
        Queue(counts[Shown.SUSPENDED], "authorizations suspended", "authorizations.authorizations", Shown.SUSPENDED),
        Queue(counts[Shown.PROPERTY], "ended, with property still out", "authorizations.authorizations", Shown.PROPERTY),
    ]
