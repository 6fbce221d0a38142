"""Telling the coordinators and officers of an agency that its agreement was activated."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Grant, User
from lms.accounts.permissions import Role
from lms.accounts.queries import held
from lms.agencies import telling
from lms.agencies.models import Agency
from lms.agencies.telling import Reader
from lms.influx.queries import DeclarationDetail
from lms.notices.rules import Kind
from lms.notices.service import Recipient

PATHS = {Role.COORDINATOR: "/agreements/{}", Role.OFFICER: "/"}
"""Who is told, and the page that each of them may open. Whoever is both is told as coordinator."""
DRILL = " (a drill: it gives no authority)"


def tell_of_activation(
    session: Session, *, declaration: DeclarationDetail, agreement_id: uuid.UUID, agency_id: uuid.UUID, at: datetime, now: datetime
) -> None:
    """Write to each coordinator of the agency and to each officer who serves in it, once for each declaration."""
    asked = (
        select(User.id, User.name, User.email, Agency.time_zone, Agency.name.label("agency"), Grant.role)
        .select_from(Grant)
        .join(User, User.id == Grant.user_id)
        .join(Agency, Agency.id == Grant.agency_id)
        .where(Grant.agency_id == agency_id, Grant.role.in_(PATHS), held(now))
        .order_by(Grant.role, User.name, User.id)
    )
    title = declaration.title + (DRILL if declaration.drill else "")
    for row in session.execute(asked).all():
        reader = Reader(Recipient(row.name, row.email, row.id), row.time_zone, row.agency)
        facts = {"mark": "", "declaration": title, "agency": row.agency, "when": at}
        path, key = PATHS[Role(row.role)].format(agreement_id), f"activated:{declaration.id}:{agreement_id}"
        telling.tell(session, reader=reader, kind=Kind.DECLARATION_ACTIVATED, key=key, facts=facts, path=path, now=now)
