"""Refusals become answers: the one place that knows which refusal is which HTTP status."""

import logging
from http import HTTPStatus

from flask import Flask, Response, jsonify, redirect, render_template, request, url_for
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from lms.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refusal, TooMany
from lms.web import transaction
from lms.web.guard import (
    SAFE_METHODS,
    OneThingOnly,
    ProofNeeded,
    SignInNeeded,
    StepUpNeeded,
    forget_who,
    identity_if_any,
    protected_act,
)
from lms.web.site import site

logger = logging.getLogger(__name__)
STATUSES = {
    SignInNeeded: HTTPStatus.UNAUTHORIZED,
    ProofNeeded: HTTPStatus.UNAUTHORIZED,
    StepUpNeeded: HTTPStatus.UNAUTHORIZED,
    OneThingOnly: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    Forbidden: HTTPStatus.FORBIDDEN,
    Conflict: HTTPStatus.CONFLICT,
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    TooMany: HTTPStatus.TOO_MANY_REQUESTS,
}
HEADINGS = {
    HTTPStatus.UNAUTHORIZED: "Sign in to go on",
    HTTPStatus.FORBIDDEN: "You cannot do that here",
    HTTPStatus.NOT_FOUND: "There is no such page",
    HTTPStatus.CONFLICT: "Something changed in the meantime",
    HTTPStatus.UNPROCESSABLE_ENTITY: "That could not be accepted",
    HTTPStatus.TOO_MANY_REQUESTS: "Too many attempts for the moment",
    HTTPStatus.SERVICE_UNAVAILABLE: "The site cannot store anything at the moment",
}
NOT_CONFIRMED = "What you have just sent is not confirmed as saved. Everything that was confirmed before is kept. Try again in a moment."
UNKNOWN = "We could not find that page. It may have moved, or it may not be yours to see."


def register(app: Flask) -> None:
    """Give the application its answers to refusals and to faults."""
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(HTTPException, answered)
    app.register_error_handler(OperationalError, out_of_reach)
    app.register_error_handler(TimeoutError, out_of_reach)
    app.register_error_handler(Exception, failed)


def status_of(refusal: Refusal) -> HTTPStatus:
    """The HTTP status under which `refusal` is told."""
    return next((STATUSES[kind] for kind in type(refusal).__mro__ if kind in STATUSES), HTTPStatus.UNPROCESSABLE_ENTITY)


def refused(refusal: Refusal) -> BaseResponse:
    """Tell a refusal. Somebody not signed in is led to the sign-in page, and back; so is who must still prove the second factor."""
    if isinstance(refusal, SignInNeeded | ProofNeeded | StepUpNeeded) and not wants_json():
        if request.method in SAFE_METHODS:
            place = "accounts.sign_in" if isinstance(refusal, SignInNeeded) else "second_step.second_step"
            return redirect(url_for(place, next=request.full_path.rstrip("?")))
        if isinstance(refusal, StepUpNeeded):
            asked: BaseResponse = site().ask_for_proof()
            return asked
    if isinstance(refusal, OneThingOnly) and not wants_json():
        return redirect(refusal.address, 303)
    if isinstance(refusal, Forbidden):
        _note(refusal)
    status = status_of(refusal)
    sentence = UNKNOWN if isinstance(refusal, NotFound) else str(refusal)
    return _page(status, HEADINGS.get(status, "That could not be done"), sentence)


def _note(refusal: Forbidden) -> None:
    """Let the site remember a refused act, in a transaction of its own; a person is refused whether or not that succeeds."""
    needs = protected_act()
    person = identity_if_any() if needs else None
    if person is None:
        return
    place, arguments = request.endpoint or "", {name: str(value)[:100] for name, value in (request.view_args or {}).items()}
    told = {"actor": person, "asked": str(needs), "place": place, "reason": str(refusal), "now": transaction.now()}
    try:
        with transaction.writing() as own:
            site().note_refusal(own, details={"arguments": arguments, "refusal": type(refusal).__name__}, **told)
    except SQLAlchemyError:
        logger.exception("a refusal could not be recorded")


def answered(error: HTTPException) -> BaseResponse:
    """Tell what the framework itself refuses: unknown addresses, wrong methods, bodies too large."""
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    if status == HTTPStatus.NOT_FOUND:
        return _page(status, HEADINGS[status], UNKNOWN)
    response = _page(status, HEADINGS.get(status, status.phrase), error.description or status.phrase)
    for name, value in error.get_headers():
        if name not in {"Content-Type", "Content-Length"}:
            response.headers[name] = value
    return response


def out_of_reach(error: Exception) -> BaseResponse:
    """Tell that the database does not take or give anything now: it is stopped, its disk is full or gone, or it is too busy."""
    logger.error("the database failed on %s %s", request.method, request.endpoint, exc_info=error)
    forget_who()  # the page is shown without asking the database who it is for
    response = _page(HTTPStatus.SERVICE_UNAVAILABLE, HEADINGS[HTTPStatus.SERVICE_UNAVAILABLE], NOT_CONFIRMED)
    response.headers["Retry-After"] = "2"
    return response


def failed(error: Exception) -> BaseResponse:
    """Tell that the program itself is at fault, without a word of how; the log has it."""
    logger.error("unhandled error on %s %s", request.method, request.endpoint, exc_info=error)
    return _page(HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong on our side", "Nothing you saved is lost. Try again in a moment.")


def wants_json() -> bool:
    """Whether the asker is a script rather than a person reading pages."""
    return request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json"


def _page(status: HTTPStatus, heading: str, sentence: str) -> Response:
    if wants_json():
        response = jsonify(error=heading, detail=sentence)
    else:
        response = Response(render_template("error.html", heading=heading, sentence=sentence, status=int(status)))
    response.status_code = status
    return response
