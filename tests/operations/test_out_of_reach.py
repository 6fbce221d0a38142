"""A database that takes and gives nothing: people are told what is so, by a page that asks it nothing more."""

import pytest
from sqlalchemy import text

from lms.db.session import Database
from lms.kernel.clock import FrozenClock
from lms.web.application import Application
from lms.web.errors import NOT_CONFIRMED
from tests.support.browser import Visitor
from tests.support.cast import cast_of


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_what_was_sent_is_told_to_be_unconfirmed(app: Application, sqlite: Database, clock: FrozenClock, accept: str) -> None:
    with sqlite.writing() as session:
        officer = cast_of(session, now=clock.now()).officer
    visitor = Visitor(app).signs_in_as(officer)
    token = visitor.token()
    with sqlite.writing() as session:
        session.execute(text("ALTER TABLE user_session RENAME TO gone"))
    answer = visitor.client.post("/sign-out", data={"csrf_token": token}, headers={"Accept": accept})
    assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "2")
    assert NOT_CONFIRMED in answer.text
    assert officer.name not in answer.text
