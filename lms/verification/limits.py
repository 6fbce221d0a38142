"""How often one address may ask: each worker counts for itself, so each allows its share."""

from typing import Final, cast

from flask import Blueprint, Flask, Response, request
from flask.blueprints import BlueprintSetupState
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from lms.kernel.errors import TooMany
from lms.web.site import EXTENSION

PER_MINUTE: Final = 60
TOO_OFTEN: Final = "You have asked too often. Wait a minute, then ask again."
RETRY_AFTER: Final = "60"
SCOPE: Final = "verification"


class AskedTooOften(TooMany):
    """The address has asked more often than its share of a minute allows."""


def share_of(workers: int) -> int:
    """What one of so many workers allows in a minute."""
    return max(1, PER_MINUTE // workers)


def limit(*blueprints: Blueprint) -> None:
    """Let each address ask PER_MINUTE times a minute, of all these blueprints together; each application counts anew."""

    @blueprints[0].record_once
    def start(state: BlueprintSetupState) -> None:
        _count(cast("Flask", state.app), [one.name for one in blueprints])

    for blueprint in blueprints:
        blueprint.after_request(_say_when)


def _count(app: Flask, names: list[str]) -> None:
    limiter = FixedWindowRateLimiter(MemoryStorage())
    share = RateLimitItemPerMinute(share_of(app.extensions[EXTENSION].settings.workers))

    def refuse_what_is_too_much() -> None:
        if not limiter.hit(share, SCOPE, request.remote_addr or ""):
            raise AskedTooOften(TOO_OFTEN)

    for name in names:
        app.before_request_funcs.setdefault(name, []).append(refuse_what_is_too_much)


def _say_when(response: Response) -> Response:
    if response.status_code == 429:
        response.headers["Retry-After"] = RETRY_AFTER
    return response
