"""A Flask that commits before it answers, and tries again when two people did the same thing at once."""

from contextlib import suppress
from typing import Any

from flask import Flask, g
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError
from werkzeug.routing import IntegerConverter

from lms.web import guard, transaction

MOST_AT_ONCE = 6
"""Requests that may want the same place in a table at the same moment without one of them failing."""


class Number(IntegerConverter):
    """A number in an address: no longer than every database takes."""

    regex = "[0-9]{1,9}"


class Application(Flask):
    """Dispatches each request inside its transaction."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.url_map.converters["int"] = Number
        self.url_map.merge_slashes = False  # the redirect to the shorter address would name whatever host the request named
        self.teardown_request(lambda _error: transaction.abandon())  # the page of a refusal reads after the transaction has ended

    def dispatch_request(self) -> ResponseReturnValue:
        """Answer the request; what it changed is committed before the answer exists.

        A person who clicks twice in rapid succession sends two requests that both find nothing and both insert. The database's
        unique keys refuse the second; run again, it finds what the first one made and answers accordingly. Of several at once each
        round lets one through.
        """
        for _ in range(MOST_AT_ONCE - 1):
            with suppress(IntegrityError):
                return self._dispatch_once()
        return self._dispatch_once()

    def _dispatch_once(self) -> ResponseReturnValue:
        try:
            guard.admit()
            response = self.make_response(super().dispatch_request())
        except BaseException as error:
            transaction.finish(error)
            g.reading_only = True  # whatever is shown of the refusal only reads
            raise
        transaction.finish()
        return response
