"""The pages of challenges: the officer's, and those of who decides."""

import uuid

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.permissions import Permission
from lms.appeals import appeal_views, queries, regrade_queries, regrade_views, rules, service
from lms.appeals.forms import ChallengeForm, RulingForm
from lms.appeals.queries import PER_PAGE
from lms.appeals.rules import Ruling
from lms.appeals.service import MadeAlready, NoSuchPosition, TooLate
from lms.questions import security
from lms.questions.views import led_to_sign
from lms.web.guard import access, current_identity
from lms.web.pages import page, page_asked, pages_of
from lms.web.transaction import now, session, writing

blueprint = Blueprint("challenges", __name__, template_folder="templates")


@blueprint.get("/attempts/<uuid:attempt_id>/challenges")
@access(Permission.COURSE_TAKE)
def own(attempt_id: uuid.UUID) -> ResponseReturnValue:
    """The challenges of one's own exam, what came of each, and the form for another."""
    return _own(attempt_id, ChallengeForm())


def _own(attempt_id: uuid.UUID, form: ChallengeForm, status: int = 200) -> Response:
    found = queries.own_ended(session(), identity=current_identity(), attempt_id=attempt_id)
    clock = rules.clock("challenge")
    closes_at = clock.closes_at(found.told_at, found.zone)
    rows = queries.challenges_of(session(), attempt_id=attempt_id)
    return page(
        "appeals/own_challenges.html", found=found, rows=rows, form=form, clock=clock, closes_at=closes_at, now=now(), status=status
    )


@blueprint.post("/attempts/<uuid:attempt_id>/challenges")
@access(Permission.COURSE_TAKE)
def make(attempt_id: uuid.UUID) -> ResponseReturnValue:
    """Challenge a question."""
    form = ChallengeForm.from_request()
    if not form.validate():
        return _own(attempt_id, form, 422)
    sent = {"position": form.position.data, "claim": form.claim.data}
    try:
        service.challenge(session(), actor=current_identity(), attempt_id=attempt_id, now=now(), **sent)
    except (NoSuchPosition, MadeAlready, TooLate) as refusal:
        form.position.errors = [str(refusal)]
        return _own(attempt_id, form, 422 if isinstance(refusal, NoSuchPosition) else 409)
    return redirect(url_for("challenges.own", attempt_id=attempt_id), 303)


@blueprint.get("/challenges")
@access(Permission.CHALLENGE_DECIDE)
def challenges() -> ResponseReturnValue:
    """Every challenge, those that wait first."""
    number = page_asked()
    rows, pages = queries.challenges(session(), page=number), pages_of(queries.challenge_count(session()), PER_PAGE)
    return page("appeals/challenges.html", rows=rows, number=number, pages=pages, now=now())


@blueprint.get("/challenges/<uuid:challenge_id>")
@access(Permission.CHALLENGE_DECIDE)
def challenge(challenge_id: uuid.UUID) -> ResponseReturnValue:
    """One challenge with the question that it is about. That it was shown is recorded."""
    found = queries.challenge(session(), challenge_id=challenge_id)
    to_sign = led_to_sign()
    if to_sign:
        return to_sign
    if request.method == "HEAD":
        return Response()
    with writing() as own_session:
        security.note_sight(own_session, actor=current_identity(), question_hash=found.question_hash, purpose="challenge", now=now())
    return _challenge(challenge_id, RulingForm())


def _challenge(challenge_id: uuid.UUID, form: RulingForm, status: int = 200) -> Response:
    found = queries.challenge(session(), challenge_id=challenge_id)
    seen = regrade_queries.question(session(), question_hash=found.question_hash)
    given = regrade_queries.answered(session(), attempt_id=found.attempt_id, position=found.position)
    regrades = current_identity().may(Permission.EXAM_RULE)
    return page("appeals/challenge.html", found=found, seen=seen, given=given, form=form, regrades=regrades, now=now(), status=status)


@blueprint.post("/challenges/<uuid:challenge_id>/decision")
@access(Permission.CHALLENGE_DECIDE, step_up=True)
def decide(challenge_id: uuid.UUID) -> ResponseReturnValue:
    """Decide a challenge."""
    form = RulingForm.from_request()
    if not form.validate():
        queries.challenge(session(), challenge_id=challenge_id)
        return led_to_sign() or _challenge(challenge_id, form, 422)
    sent = {"ruling": Ruling(form.ruling.data), "reason": form.reason.data}
    service.rule(session(), actor=current_identity(), challenge_id=challenge_id, now=now(), **sent)
    return redirect(url_for("challenges.challenge", challenge_id=challenge_id), 303)


blueprints = [blueprint, appeal_views.blueprint, regrade_views.blueprint]
