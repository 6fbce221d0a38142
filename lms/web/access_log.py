"""A line for each request, where the operator asks for it: the route, never the address, so that no secret can stand in it."""

import logging
from time import perf_counter

from flask import Flask, Response, g, request

logger = logging.getLogger(__name__)


def register(app: Flask) -> None:
    """Log every answer of the application."""

    @app.before_request
    def start() -> None:
        g.started = perf_counter()

    @app.after_request
    def tell(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "(no such page)"
        took = (perf_counter() - g.pop("started", perf_counter())) * 1000
        logger.info("%s %s %s %.1f ms", request.method, route, response.status_code, took)
        return response
