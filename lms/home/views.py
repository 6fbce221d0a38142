"""The first page: for everyone who is not signed in a welcome, for everyone else what waits for them."""

from collections.abc import Callable
from typing import Any, Final

from flask import Blueprint
from flask.typing import ResponseReturnValue

from lms.accounts import granting
from lms.accounts.permissions import Permission, Role
from lms.accounts.rules import Identity
from lms.activations import queries as activations
from lms.agencies import nomination_queries as nominations
from lms.appeals import queries as rulings
from lms.appeals import regrade_queries as regrades
from lms.authorizations import standing_now
from lms.certificates import queries as certificates
from lms.enrollments.lessons.rules import hours
from lms.grading import queries as grading
from lms.home import authority, officer, queries
from lms.home.rules import NextStep
from lms.practicals import queries as practicals
from lms.proctoring import request_queries
from lms.sittings import queries as sittings
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
    parts = {name: asks(actor) for needs, name, asks in PARTS if actor.may(needs)}
    if Role.COORDINATOR in actor.roles:
        parts["own_agencies"] = queries.own_agencies(session(), actor=actor, now=now())
    return parts


def _may(actor: Identity) -> Any:
    return None if actor.officer_id is None else standing_now.of_officer(session(), officer_id=actor.officer_id, now=now())


PARTS: Final[tuple[tuple[Permission, str, Callable[[Identity], Any]], ...]] = (
    (Permission.COURSE_TAKE, "may", _may),
    (Permission.AUTHORIZATION_MANAGE, "authority", lambda _: authority.queues(session(), now=now())),
    (Permission.COURSE_TAKE, "courses", lambda actor: officer.courses_of(session(), actor=actor, now=now())),
    (Permission.COURSE_TAKE, "debts", lambda actor: activations.own_debts(session(), actor=actor, now=now())),
    (Permission.CLASS_READ, "alarms", lambda _: practicals.open_alarms(session())),
    (Permission.CLASS_MANAGE, "answers_alarms", lambda _: True),
    (Permission.PERSON_INVITE, "setup", lambda actor: queries.setup_of(session(), actor=actor, now=now())),
    (Permission.PERSON_INVITE, "seconds", lambda actor: granting.awaiting(session(), actor=actor, now=now())),
    (Permission.NOMINATION_DECIDE, "undecided", lambda actor: nominations.waiting_count(session(), identity=actor)),
    (Permission.CHALLENGE_DECIDE, "challenged", lambda _: rulings.challenges_waiting(session(), now=now())),
    (Permission.EXAM_RULE, "appealed", lambda _: rulings.appeals_waiting(session(), now=now())),
    (Permission.EXAM_RULE, "regrades", lambda actor: regrades.waiting_for(session(), user_id=actor.user_id)),
    (Permission.EXAM_MARK, "marking", lambda actor: grading.waiting_count(session(), actor=actor)),
    (Permission.EXAM_REVIEW, "asked", lambda actor: request_queries.waiting_count(session(), actor=actor)),
    (Permission.CERTIFICATE_ISSUE, "ready", lambda _: certificates.ready_count(session(), now=now(), demo=settings().demo)),
    (Permission.EXAM_ADMIT, "queues", lambda actor: queries.exam_queues(session(), actor=actor, now=now())),
    (Permission.EXAM_ADMIT, "sittings", lambda actor: sittings.proctored_by(session(), user_id=actor.user_id, now=now())),
    (Permission.ATTENDANCE_RECORD, "taught", lambda actor: queries.classes_taught(session(), actor=actor, now=now())),
    (Permission.LESSON_WRITE, "shelves", lambda _: queries.shelves(session())),
)
"""(who sees it, its name in the template, what is asked for it)."""
