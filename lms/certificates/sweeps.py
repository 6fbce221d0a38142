"""The certificates' periodic work: finishing papers, and keeping the authority's revocation list fresh."""

import logging
from datetime import timedelta
from functools import partial
from typing import Final

from cryptography import x509

from lms.certificates import authority, issuing, keyring, queries, signers
from lms.certificates.issuing import Press
from lms.web.site import Site

AT_ONCE: Final = 50
"""Papers of one round: about two seconds of work."""
RENEW_AHEAD: Final = timedelta(days=20)
"""How long before its end a revocation list is renewed: half of its life, so that a pause of weeks harms nothing."""

logger = logging.getLogger(__name__)


def finish_papers(site: Site) -> int:
    """Take every certificate under way to its stored paper. One that cannot be finished does not hold up the others."""
    with site.database.reading() as session:
        waiting = queries.unfinished(session, limit=AT_ONCE)
    if not waiting:
        return 0
    press = Press(site.database, site.blobs, signers.signer(site.settings), site.clock)
    return issuing.finish_each(waiting, partial(issuing.finish, press), what="papers")


def renew_revocation_list(site: Site) -> int:
    """Renew the issuing authority's list in good time, where its key and passphrase are on this machine."""
    folder = keyring.folder_of(site.settings.data)
    passphrase = site.settings.data / keyring.PASSPHRASES / "issuing"
    if not (passphrase.exists() and (folder / authority.ISSUING_FILE).exists()):
        return 0
    now = site.clock.now()
    if all(crl.next_update_utc is None or crl.next_update_utc - now > RENEW_AHEAD for crl in _issuing_lists(site)):
        return 0
    authority.renew_crls(folder, passphrase=passphrase.read_text(encoding="utf-8").strip(), now=now)
    return 1


def _issuing_lists(site: Site) -> list[x509.CertificateRevocationList]:
    found = signers.trust(site.settings)
    return [crl for crl in found.crls if crl.issuer != found.roots[0].subject]


SWEEPS = [finish_papers, renew_revocation_list]
