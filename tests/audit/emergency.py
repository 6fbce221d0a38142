"""The acts about a mass influx and the counties of agencies, each a valid call by the one whose act it is."""

import uuid
from typing import Any

from sqlalchemy.orm import Session

from lms.influx import order_service, service
from lms.influx.period import Kind
from lms.influx.service import Change
from lms.kernel.ids import new_id
from tests.audit.stage import Act, Scene, Stage
from tests.influx import world
from tests.influx.world import ENDS, NEARLY, NOON, Influx
from tests.support.browser import Visitor
from tests.support.cast import cast_of

FORM_ID = str(uuid.UUID(int=7))
INSTRUMENT: dict[str, Any] = {
    "issuing_office": "Office of the Demonstration",
    "instrument": "Finding",
    "citation": "Demonstration 1",
    "signed_on": "2026-11-19",
    "effective_on": "2026-11-20",
    "form_id": FORM_ID,
}
SPAN: dict[str, Any] = {"begins_on": "2026-11-20", "ends_on": "2026-12-20"}
TOLD: dict[str, Any] = {
    "which": "chosen",
    "told_on": "2026-11-22",
    "told_at": "06:00",
    "how": "By telephone",
    "whom": "The sheriff on duty",
}
TREATED: dict[str, Any] = {"module-module-1": "kept", "module-module-2": "kept", "module-module-3": "waived", "module-module-4": "waived"}
ORDER: dict[str, Any] = {
    "decider": "Dana Fictional",
    "office": "Office of the Demonstration",
    "necessities": ["public safety"],
    "available": "4",
    "needed": "40",
    "finding": "Arrivals doubled.",
    "ends_on": "2026-12-10",
    "form_id": FORM_ID,
    **TREATED,
    "module-module-5": "waived",
}


def acts(path: str, *, who: str = "program_officer", activated: bool = True, **fields: Any) -> Scene:
    """Something done about a declaration. `path` and `fields` name the things of a small world."""

    def scene(stage: Stage) -> Act:
        made, things = stage.made(lambda session: _world(session, activated=activated))
        told = {name.format(**things): _filled(value, things) for name, value in fields.items()}
        people = {"second": made.second, "officer": made.cast.officer}
        visitor = Visitor(stage.app).signs_in_as(people.get(who) or getattr(made.cast, who))
        return Act(visitor, path.format(**things), told)

    return scene


def _filled(value: object, things: dict[str, object]) -> object:
    if isinstance(value, list):
        return [_filled(one, things) for one in value]
    return value.format(**things) if isinstance(value, str) else value


def _world(session: Session, *, activated: bool) -> tuple[Influx, dict[str, object]]:
    made = world.furnish(session, cast_of(session, now=NOON))
    declaration = world.declared(session, made)
    first = made.first.identity
    act = service.change(
        session, actor=first, declaration_id=declaration, instrument=world.INSTRUMENT, change=Change(Kind.PUBLISHED), now=NOON
    )
    things: dict[str, object] = {
        "declaration": declaration,
        "act": act,
        "agreement": made.agreement_id,
        "agency": made.cast.palmetto,
        "officer": made.cast.officer.officer,
        "short": made.short,
        "whole": made.whole,
    }
    return made, things | (_orders(session, made, declaration) if activated else {})


def _orders(session: Session, made: Influx, declaration: uuid.UUID) -> dict[str, object]:
    world.activated(session, made, declaration)
    draft = world.order_draft(made, ends_at=NEARLY)
    first, second = made.first.identity, made.second.identity
    order, waiting = (
        order_service.order(session, actor=first, declaration_id=declaration, draft=draft, form_id=new_id(), now=NOON) for _ in range(2)
    )
    session.flush()
    order_service.confirm(session, actor=second, order_id=order, now=NOON)
    session.flush()
    later = order_service.Later(ENDS, "Dana Fictional", "Office of the Demonstration", "Arrivals go on")
    extension = order_service.extend(session, actor=first, order_id=order, later=later, now=NOON)
    return {"order": order, "waiting": waiting, "extension": extension}


DECLARED = "/declarations/{declaration}"
ORDERED = "/orders/{order}"
CONSENT: dict[str, Any] = {"by-{agreement}": "Sheriff Ana Ortiz", "on-{agreement}": "2026-11-20", "paper-{agreement}": "Letter of consent"}
LATER: dict[str, Any] = {
    "x-ends_on": "2026-12-21",
    "x-decider": "Dana Fictional",
    "x-office": "Demonstration",
    "x-reason": "Arrivals go on",
}
EMERGENCY: dict[str, tuple[Scene, tuple[str, ...]]] = {
    "places.keep_places": (
        acts("/agencies/{agency}/counties", counties="45019"),
        ("recorded which counties an agency serves",),
    ),
    "influx.declare": (
        acts(
            "/declarations", title="Another", grounds=["d"], time_zone="America/New_York", states=["SC"], counties="", **INSTRUMENT, **SPAN
        ),
        ("recorded a declaration",),
    ),
    "influx.record_act": (
        acts(f"{DECLARED}/acts/extension", **(INSTRUMENT | {"begins_on": "2026-12-21", "ends_on": "2027-02-20"})),
        ("recorded an act of a declaration: extended",),
    ),
    "influx.confirm": (acts(f"{DECLARED}/acts/{{act}}/confirmation", who="second"), ("confirmed an act of a declaration: published",)),
    "activations.activate": (
        acts(f"{DECLARED}/activation", activated=False, agreements="{agreement}", **TOLD),
        ("activated an agreement",),
    ),
    "orders.order": (
        acts(
            f"{DECLARED}/orders",
            agreements="{agreement}",
            officers="{agreement}:{officer}",
            **CONSENT,
            **ORDER,
        ),
        ("recorded an order on training",),
    ),
    "orders.confirm": (acts("/orders/{waiting}/confirmation", who="second"), ("confirmed an order on training",)),
    "orders.extend": (
        acts(
            f"{ORDERED}/extensions",
            **LATER,
        ),
        ("recorded an extension of an order on training",),
    ),
    "orders.confirm_extension": (
        acts(f"{ORDERED}/extensions/{{extension}}/confirmation", who="second"),
        ("confirmed an extension of an order on training",),
    ),
    "orders.put_on_track": (
        acts(f"{ORDERED}/track", offering="{short}", officers=["{officer}"]),
        ("enrolled an officer", "put an officer on the track: abbreviated"),
    ),
    "orders.take_up_whole": (acts(f"{ORDERED}/finishing", whole="{whole}", officers=["{officer}"]), ("enrolled an officer",)),
    "orders.acknowledge": (
        acts(f"{ORDERED}/acknowledgment", who="officer"),
        ("acknowledged policies and standards under an order",),
    ),
}
"""Endpoint: how it is called rightly, and the entries that this leaves."""
