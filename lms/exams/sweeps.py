"""The exam engine's periodic work: closing attempts, letting results out, drawing papers ahead, counting what attempts say of questions."""

from lms.exams import counting, preparing, queries, releasing, service
from lms.web.site import Site


def close_expired(site: Site) -> int:
    """Close every overdue attempt, fifty in a transaction, each at its own deadline."""
    with site.database.reading() as session:
        if not queries.due_attempts(session, now=site.clock.now(), limit=1):
            return 0
    with site.database.writing() as session:
        return service.close_expired(session, now=site.clock.now())


def count_results(site: Site) -> int:
    """Let the statistics of questions say what became of attempts, fifty changes in a transaction."""
    with site.database.reading() as session:
        if not counting.waits(session):
            return 0
    with site.database.writing() as session:
        return counting.count_waiting(session)


def release_results(site: Site) -> int:
    """Let out the results that waited for other officers' marks or for a date, fifty in a transaction."""
    with site.database.reading() as session:
        if not releasing.due(session, now=site.clock.now(), limit=1):
            return 0
    with site.database.writing() as session:
        return releasing.release_due(session, now=site.clock.now())


def draw_papers_ahead(site: Site) -> int:
    """Draw the papers of sittings that begin soon, twenty in a transaction, so that starting a room takes what lies ready."""
    with site.database.reading() as session:
        if not preparing.without_paper(session, now=site.clock.now(), limit=1):
            return 0
    with site.database.writing() as session:
        return preparing.draw_missing(session, now=site.clock.now())


SWEEPS = [close_expired, release_results, draw_papers_ahead, count_results]
