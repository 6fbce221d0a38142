"""The authorizations' periodic work: papers of letters and certification lists, and reminders."""

from typing import Final

from lms.authorizations import letters, reminding
from lms.certificates import signers
from lms.certificates.issuing import Press, finish_each
from lms.web.site import Site

AT_ONCE: Final = 50


def finish_letters(site: Site) -> int:
    """Take every letter and list to its stored paper. One that cannot be finished does not hold up the others."""
    with site.database.reading() as session:
        waiting = letters.unfinished(session, limit=AT_ONCE)
    if not waiting:
        return 0
    press = Press(site.database, site.blobs, signers.signer(site.settings), site.clock)
    return finish_each(waiting, lambda one: letters.finish(press, *one), what="letters and lists")


def send_reminders(site: Site) -> int:
    """Write the reminders whose time has come, each in a transaction of its own."""
    now = site.clock.now()
    with site.database.reading() as session:
        waiting = reminding.due(session, now=now, limit=AT_ONCE)
    for one in waiting:
        with site.database.writing() as session:
            reminding.remind(session, one, now=now)
    return len(waiting)


SWEEPS = [finish_letters, send_reminders]
