"""A declared mass influx, for the town in which every route is tried."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.influx import order_service as influx_orders
from lms.influx import service as influx_service
from lms.influx.period import Boundaries
from lms.influx.period import Kind as ActKind
from lms.influx.service import Change
from lms.kernel.ids import new_id
from tests.certificates.program import Program
from tests.influx import world as influx
from tests.support.factories import a_nomination

Things = dict[str, Any]


def emergency(session: Session, made: Program, ours: Things, theirs: Things, *, now: datetime) -> Things:
    """A declaration in both States, with an act, an order and an extension of one that wait, and for each side's officer an order."""
    both = Change(ActKind.DECLARED, influx.BEGINS, influx.ENDS, Boundaries(frozenset({"SC", "IA"})))
    world = influx.furnish(session, made.cast)
    declaration_id = influx.declared(session, world, now=now, change=both)
    cedar = influx.contingency(session, made.cast, agency=made.cast.cedar_falls)
    a_nomination(session, person=made.cast.outsider, now=now, agreement_id=cedar)
    influx.activated(session, world, declaration_id, cedar)
    publication = Change(ActKind.PUBLISHED)
    recorder = world.second.identity
    said: Things = {"instrument": influx.INSTRUMENT, "change": publication, "now": now}
    act_id = influx_service.change(session, actor=recorder, declaration_id=declaration_id, **said)
    for things, officer, agreement in ((ours, made.cast.officer, world.agreement_id), (theirs, made.cast.outsider, cedar)):
        consent = influx.order_draft(world).agreements[world.agreement_id]
        draft = influx.order_draft(world, agreements={agreement: consent}, officers={officer.officer: agreement}, ends_at=influx.NEARLY)
        order: Things = {"actor": recorder, "declaration_id": declaration_id, "draft": draft, "now": now}
        things["own_order_id"], waiting = (influx_orders.order(session, form_id=new_id(), **order) for _ in range(2))
        session.flush()
        influx_orders.confirm(session, actor=world.first.identity, order_id=things["own_order_id"], now=now)
        session.flush()
    later = influx_orders.Later(influx.ENDS, "Dana Fictional", "Office of the Demonstration", "Arrivals go on")
    extension_id = influx_orders.extend(session, actor=recorder, order_id=ours["own_order_id"], later=later, now=now)
    return {
        "declaration_id": declaration_id,
        "kind": "publication",
        "act_id": act_id,
        "order_id": ours["own_order_id"],
        "waiting_order_id": waiting,
        "extension_id": extension_id,
        "short_id": str(world.short),
        "whole_id": str(world.whole),
    }
