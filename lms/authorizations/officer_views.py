"""The officer's own authorization: what one may do, where, until when, who supervises and how to reach that person now; and the letter."""

import uuid
from typing import Any

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.permissions import Permission
from lms.agencies.nomination_queries import today_in
from lms.agencies.rule_sets import MODELS
from lms.authorizations import complaint_queries, queries, refreshing, service, standing_now
from lms.certificates.paper_pages import stored_paper
from lms.kernel.errors import NotFound
from lms.web.guard import SIGNED_IN, access, current_identity
from lms.web.pages import page
from lms.web.transaction import now, session

blueprint = Blueprint("own_authorization", __name__, template_folder="templates")


@blueprint.get("/authorization")
@access(Permission.COURSE_TAKE)
def mine() -> ResponseReturnValue:
    """What the officer may do now, with limits, and everything that was recorded about it."""
    facts = _facts()
    ids = [row.id for row in facts["may"].rows]
    return page(
        "authorizations/mine.html",
        receipts=queries.receipts(session(), authorization_ids=ids),
        requirements=refreshing.requirements(session(), authorization_ids=ids),
        complaints=complaint_queries.about(session(), authorization_ids=ids),
        **facts,
    )


def _facts() -> dict[str, Any]:
    officer_id = current_identity().officer_id
    if officer_id is None:
        raise NotFound("This page is an officer's own.")
    found = standing_now.of_officer(session(), officer_id=officer_id, now=now())
    zone = found.rows[0].time_zone if found.rows else "UTC"
    return {"may": found, "now": now(), "models": MODELS, "zone": zone, "today": today_in(zone, now())}


@blueprint.get("/authorization/card")
@access(Permission.COURSE_TAKE)
def card() -> ResponseReturnValue:
    """The same on one page to print and carry. It is no identity document."""
    return page("authorizations/card.html", **_facts())


@blueprint.post("/authorizations/<uuid:authorization_id>/acknowledgment")
@access(Permission.COURSE_TAKE)
def acknowledge(authorization_id: uuid.UUID) -> ResponseReturnValue:
    """The officer has read the letter and its limits."""
    service.acknowledge(session(), actor=current_identity(), authorization_id=authorization_id, now=now())
    return redirect(url_for("own_authorization.mine"), 303)


@blueprint.get("/authorizations/<uuid:authorization_id>/letter")
@access(SIGNED_IN)
def letter(authorization_id: uuid.UUID) -> ResponseReturnValue:
    """The signed letter, byte for byte as it was stored; a page that waits for it while it is being made."""
    found = queries.authorization(session(), identity=current_identity(), authorization_id=authorization_id)
    if found is None:
        raise NotFound("There is no such authorization.")
    return stored_paper(found.paper, name=f"authorization-{found.number}")
