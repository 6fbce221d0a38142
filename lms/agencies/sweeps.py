"""The agencies' periodic work: links of invitations that waited for a second person."""

from lms.agencies import inviting
from lms.notices import service as notices
from lms.notices.rules import Kind
from lms.web.site import Site


def settle_invitations(site: Site) -> int:
    """Send or forget the links that are held back, once it is clear which."""
    with site.database.reading() as session:
        if not notices.held(session, kind=Kind.INVITATION):
            return 0
    with site.database.writing() as session:
        return inviting.settle_held(session, now=site.clock.now())


SWEEPS = [settle_invitations]
