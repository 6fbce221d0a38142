"""Whether this process can serve: asked by load balancers and by people who wonder."""

from http import HTTPStatus

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from lms.db import migrate
from lms.web import transaction
from lms.web.guard import PUBLIC, access

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@access(PUBLIC, always=True)
def healthz() -> ResponseReturnValue:
    """200 when the database answers and has the schema of this release; 503, saying which does not hold, otherwise."""
    try:
        revision = migrate.revision_of(transaction.session())
    except SQLAlchemyError:
        return jsonify(status="unavailable", database=False, migrated=False), HTTPStatus.SERVICE_UNAVAILABLE
    migrated = revision == migrate.newest()
    status = HTTPStatus.OK if migrated else HTTPStatus.SERVICE_UNAVAILABLE
    return jsonify(status="ok" if migrated else "unavailable", database=True, migrated=migrated), status
