"""The exam engine's periodic work: closing attempts whose time has passed."""

from lms.exams import queries, service
from lms.web.site import Site


def close_expired(site: Site) -> int:
    """Close every overdue attempt, fifty in a transaction, each at its own deadline."""
    with site.database.reading() as session:
        if not queries.due_attempts(session, now=site.clock.now(), limit=1):
            return 0
    with site.database.writing() as session:
        return service.close_expired(session, now=site.clock.now())


SWEEPS = [close_expired]
