"""A ledger's periodic work, for the sweeps of the feature that it covers: order, checkpoint, publish, each in a transaction of its own."""

from urllib.parse import urlsplit

from lms.ledger import keys, publishing, queries, service
from lms.ledger.source import Source
from lms.web.site import Site


def tend(site: Site, source: Source) -> int:
    """Give entries their place, sign a checkpoint when one is due, and publish it. Whatever stops in between is taken up the next time."""
    return _sequence(site, source) + _sign(site, source) + _publish(site, source)


def _sequence(site: Site, source: Source) -> int:
    with site.database.reading() as session:
        if not queries.waiting(session, ledger=source.ledger, limit=1):
            return 0
    with site.database.writing() as session:
        return service.sequence(session, source=source)


def _sign(site: Site, source: Source) -> int:
    with site.database.reading() as session:
        if not service.checkpoint_is_due(session, ledger=source.ledger, now=site.clock.now()):
            return 0
    host = urlsplit(site.settings.url).hostname or "localhost"
    signer = keys.signer(site.settings.data, ledger=source.ledger, host=host)
    with site.database.writing() as session:
        return int(service.sign(session, ledger=source.ledger, signer=signer, now=site.clock.now()))


def _publish(site: Site, source: Source) -> int:
    path = publishing.file_of(site.settings.data, ledger=source.ledger)
    with site.database.reading() as session:
        newest = queries.newest_checkpoint(session, ledger=source.ledger)
        published = publishing.published_size(path)
        if newest is None or newest.size <= published:
            return 0
        missing = queries.checkpoints(session, ledger=source.ledger, above=published)
    return publishing.publish(path, missing)
