"""The first page: for everyone who is not signed in a welcome, for everyone else what waits for them."""

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from lms.accounts import granting
from lms.accounts.permissions import Permission, Role
from lms.accounts.rules import Identity
from lms.agencies import nomination_queries as nominations
from lms.certificates import queries as certificates
from lms.enrollments.lessons.rules import hours
from lms.home import officer, queries
from lms.home.rules import NextStep
from lms.web.guard import PUBLIC, access, identity_if_any
from lms.web.pages import page
from lms.web.transaction import now, session, settings

blueprint = Blueprint("home", __name__, template_folder="templates")


@blueprint.get("/")
@access(PUBLIC)
def first_page() -> ResponseReturnValue:
    """The next thing to do, for each role that the person holds."""
    identity: Identity | None = identity_if_any()
    if identity is None:
        return page("home/welcome.html")
    return page("home/home.html", actor=identity, hours=hours, NextStep=NextStep, **_parts(identity))


def _parts(actor: Identity) -> dict[str, Any]:
    """What each permission of the person brings onto the page; nothing is asked for the others."""
    parts: dict[str, Any] = {}
    if actor.may(Permission.COURSE_TAKE):
        parts["courses"] = officer.courses_of(session(), actor=actor, now=now())
    if actor.may(Permission.PERSON_INVITE):
        parts["setup"] = queries.setup_of(session(), actor=actor, now=now())
        parts["seconds"] = granting.awaiting(session(), actor=actor, now=now())
    if actor.may(Permission.NOMINATION_DECIDE):
        parts["undecided"] = nominations.waiting_count(session(), identity=actor)
    if actor.may(Permission.CERTIFICATE_ISSUE):
        parts["ready"] = certificates.ready_count(session(), demo=settings().demo)
    if actor.may(Permission.EXAM_ADMIT):
        parts["queues"] = queries.exam_queues(session(), now=now())
    if actor.may(Permission.ATTENDANCE_RECORD):
        parts["taught"] = queries.classes_taught(session(), actor=actor, now=now())
    if actor.may(Permission.LESSON_WRITE):
        parts["shelves"] = queries.shelves(session())
    if Role.COORDINATOR in actor.roles:
        parts["own_agencies"] = queries.own_agencies(session(), actor=actor, now=now())
    return parts
