"""The class that an address names, for every page about one."""

import uuid

from lms.enrollments import queries
from lms.enrollments.queries import OfferingDetail
from lms.enrollments.service import NoSuchClass
from lms.web.transaction import now, session


def class_seen(offering_id: uuid.UUID) -> OfferingDetail:
    """The class. Raises NoSuchClass."""
    found = queries.offering(session(), offering_id=offering_id, now=now())
    if found is None:
        raise NoSuchClass("There is no such class.")
    return found
