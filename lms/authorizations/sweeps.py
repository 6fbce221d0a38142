"""The authorizations' periodic work: papers of letters and certification lists, and reminders."""

from typing import Final

from lms.authorizations import letters, reminding
from lms.certificates import signers
from lms.certificates.issuing import Press
from lms.web.site import Site

AT_ONCE: Final = 50


def finish_letters(site: Site) -> int:
    """Take every letter and list to its stored paper. One that cannot be finished does not hold up the others."""
    with site.database.reading() as session:
        waiting = letters.unfinished(session, limit=AT_ONCE)
    if not waiting:
        return 0
    press = Press(site.database, site.blobs, signers.signer(site.settings), site.clock)
    done, failures = 0, []
    for kind, object_id in waiting:
        try:
            done += letters.finish(press, kind, object_id)
        except Exception as failure:  # noqa: BLE001 - raised below, after the others had their turn
            failures.append(failure)
    if failures:
        raise ExceptionGroup(f"{len(failures)} of {len(waiting)} letters and lists could not be finished", failures)
    return done


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
