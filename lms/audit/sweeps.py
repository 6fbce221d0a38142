"""The audit trail's periodic work: giving its entries an order that is signed."""

from lms.audit.entries import AUDIT
from lms.ledger.sweeping import tend
from lms.web.site import Site


def seal_audit_trail(site: Site) -> int:
    """Give new entries their place in the ledger, and sign and publish a checkpoint when one is due."""
    return tend(site, AUDIT)


SWEEPS = [seal_audit_trail]
