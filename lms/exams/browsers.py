"""What the browser that writes an exam holds, and what another one is told."""

from flask import jsonify, request
from werkzeug.wrappers import Response

from lms.exams import devices, rules, service
from lms.exams.queries import Sheet
from lms.exams.service import AttemptPaused, OtherDevice
from lms.kernel.ids import digest, token
from lms.web.guard import current_identity
from lms.web.pages import page
from lms.web.transaction import now, settings, writing

COOKIE = "exam-device"
HELD_SECONDS = 24 * 3600
LOCKED = 423


def secret_held() -> str:
    """What this browser holds, or a new secret for it."""
    return request.cookies.get(COOKIE) or token(256)


def digest_sent() -> str | None:
    """The digest of what this browser holds of the exam."""
    secret = request.cookies.get(COOKIE)
    return secret and digest(secret)


def keeping(response: Response, secret: str) -> Response:
    """The response, from which the browser keeps the secret if it does not hold it yet. No script can read it.

    The door of an exam gives it, before the start: who clicks twice sends it twice, whichever answer the browser hears.
    """
    if request.cookies.get(COOKIE) != secret:
        response.set_cookie(COOKIE, secret, max_age=HELD_SECONDS, secure=settings().secure, httponly=True, samesite="Strict")
    return response


def taken(sheet: Sheet) -> str | None:
    """Make sure that this browser may show the exam. Returns its secret where a proctor had released the exam and it takes it now."""
    if sheet.device != rules.RELEASED:
        service.require_device(sheet.device, digest_sent())
        return None
    secret = secret_held()
    with writing() as own:
        devices.take(own, actor=current_identity(), attempt_id=sheet.attempt_id, device=digest(secret), now=now())
    return secret


def by_script() -> bool:
    """Whether the page's script asks, and not a plain form."""
    return request.headers.get("X-Requested-With") == "fetch"


def other_device(refusal: OtherDevice) -> Response:
    """Tell a browser that another one holds the exam, and let the record say that it asked."""
    attempt_id = (request.view_args or {})["attempt_id"]
    with writing() as own:
        devices.note_other(own, actor=current_identity(), attempt_id=attempt_id, now=now())
    return _locked("device", str(refusal)) if by_script() else page("exams/other_device.html", status=LOCKED, attempt_id=attempt_id)


def paused(refusal: AttemptPaused) -> Response:
    """Tell that time stands still, and that nothing is shown or stored until it goes on."""
    attempt_id = (request.view_args or {})["attempt_id"]
    return _locked("paused", str(refusal)) if by_script() else page("exams/paused.html", status=LOCKED, attempt_id=attempt_id)


def _locked(error: str, detail: str) -> Response:
    response = jsonify(error=error, detail=detail)
    response.status_code = LOCKED
    return response
