"""How often one address may ask: each worker counts for itself, so each allows its share."""

from typing import Final, cast

from flask import Blueprint, Flask, Response
from flask.blueprints import BlueprintSetupState
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from lms.web.site import EXTENSION

PER_MINUTE: Final = 60
TOO_OFTEN: Final = "You have asked too often. Wait a minute, then ask again."
RETRY_AFTER: Final = "60"
SCOPE: Final = "verification"


def share_of(workers: int) -> int:
    """What one of so many workers allows in a minute."""
    return max(1, PER_MINUTE // workers)


def limit(*blueprints: Blueprint) -> None:
    """Let each address ask PER_MINUTE times a minute, of all these blueprints together."""
    first = blueprints[0]

    @first.record_once
    def start(state: BlueprintSetupState) -> None:
        app = cast("Flask", state.app)
        limiter = Limiter(get_remote_address, app=app, storage_uri="memory://", headers_enabled=False)
        share = share_of(app.extensions[EXTENSION].settings.workers)
        shared = limiter.shared_limit(f"{share}/minute", SCOPE, error_message=TOO_OFTEN)
        for blueprint in blueprints:
            shared(blueprint)

    for blueprint in blueprints:
        blueprint.after_request(_say_when)


def _say_when(response: Response) -> Response:
    if response.status_code == 429:
        response.headers["Retry-After"] = RETRY_AFTER
    return response
