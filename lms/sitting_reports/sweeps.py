"""The periodic work of sittings' reports: their papers."""

from typing import Final

from lms.certificates import signers
from lms.certificates.issuing import Press, finish_each
from lms.sitting_reports import papers
from lms.web.site import Site

AT_ONCE: Final = 20


def finish_reports(site: Site) -> int:
    """Take the report of every closed sitting to its stored paper. One that cannot be finished does not hold up the others."""
    with site.database.reading() as session:
        waiting = papers.unfinished(session, limit=AT_ONCE)
    if not waiting:
        return 0
    press = Press(site.database, site.blobs, signers.signer(site.settings), site.clock)
    return finish_each(waiting, lambda one: papers.finish(press, site.settings, one), what="reports of sittings")


SWEEPS = [finish_reports]
