"""A Flask that commits before it answers, and tries once more when two people did the same thing at once."""

from flask import Flask, g
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from lms.web import guard, transaction


class Application(Flask):
    """Dispatches each request inside its transaction."""

    def dispatch_request(self) -> ResponseReturnValue:
        """Answer the request; what it changed is committed before the answer exists.

        A person who clicks twice in rapid succession sends two requests that both find nothing and both insert. The database's
        unique keys refuse the second; run again, it finds what the first one made and answers accordingly.
        """
        try:
            return self._dispatch_once()
        except IntegrityError:
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
