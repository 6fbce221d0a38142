"""The periodic work of accounts: forgetting sign-ins that failed a while ago."""

from lms.accounts import guessing
from lms.web.site import Site


def forget_old_attempts(site: Site) -> int:
    """Remove the failed sign-ins that slow nobody any more."""
    with site.database.reading() as session:
        if not guessing.old_attempts_remain(session, now=site.clock.now()):
            return 0
    with site.database.writing() as session:
        return guessing.forget_old_attempts(session, now=site.clock.now())


SWEEPS = [forget_old_attempts]
