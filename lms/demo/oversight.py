"""What follows after authorization in the demonstration: training that is due, and a complaint with its clocks."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from lms.accounts.rules import Identity
from lms.agencies.nomination_queries import today_in
from lms.authorizations import complaint_service, refreshing
from lms.authorizations.complaint_rules import Report, Source
from lms.authorizations.queries import AuthorizationRow
from lms.authorizations.refresher_rules import Demand, RefresherKind
from lms.kernel.ids import new_id

DUE_IN = timedelta(days=30)
SUMMARY = "A driver says that she was held after her release for want of an interpreter. Fictional, as everything here."


def ask_for_training(session: Session, *, actor: Identity, row: AuthorizationRow, now: datetime) -> None:
    """Ask an officer who may act for training beside the plan, due within the month."""
    due_on = today_in(row.time_zone, now) + DUE_IN
    wanted = Demand(RefresherKind.AD_HOC, "Serving warrants where the person needs an interpreter", due_on)
    refreshing.demand(session, actor=actor, authorization_id=row.id, wanted=wanted, now=now)


def report_complaint(session: Session, *, actor: Identity, row: AuthorizationRow, now: datetime) -> None:
    """Record a complaint about an officer; nothing is decided about it yet."""
    told = Report(now, Source.DETAINED, SUMMARY, may_bring_discipline=False)
    complaint_service.report(session, actor=actor, authorization_id=row.id, told=told, form_id=new_id(), now=now)
