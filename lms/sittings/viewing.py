"""The sitting that an address names, for every page about one."""

import uuid

from lms.sittings import queries
from lms.sittings.queries import SittingRow
from lms.sittings.service import NoSuchSitting
from lms.web.transaction import now, session


def sitting_seen(sitting_id: uuid.UUID) -> SittingRow:
    """The sitting. Raises NoSuchSitting."""
    found = queries.sitting(session(), sitting_id=sitting_id, now=now())
    if found is None:
        raise NoSuchSitting("There is no such sitting.")
    return found
