"""One's own account, and the notice of what is recorded, which is read once."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.accounts import notice, queries
from lms.accounts.models import PrivacyNotice
from lms.accounts.user_agents import spoken
from lms.db.session import Database
from tests.support.browser import Visitor
from tests.support.cast import Cast


@pytest.fixture
def officer(app: Flask, cast: Cast) -> Visitor:
    return Visitor(app).signs_in_as(cast.officer)


def test_the_account_page_shows_name_address_and_role(officer: Visitor) -> None:
    answer = officer.opens("/account")
    assert all(text in answer.text for text in ("Dana Rivera", "dana.rivera@example.gov", "Officer"))


def test_everyone_may_read_the_notice_but_only_people_confirm_it(app: Flask) -> None:
    visitor = Visitor(app)
    answer = visitor.opens("/privacy")
    assert "active time" in answer.text
    assert "I have read this" not in answer.text
    assert visitor.sends("/privacy/reading").status_code == 401


def test_reading_the_notice_is_recorded_once_and_leads_on(officer: Visitor, cast: Cast, sqlite: Database) -> None:
    officer.opens("/privacy?next=/account")
    answer = officer.sends("/privacy/reading", next=officer.page.hidden("next"))
    officer.sends("/privacy/reading")
    assert answer.headers["Location"] == "/account"
    assert "I have read this" not in officer.opens("/privacy").text
    with sqlite.reading() as session:
        assert queries.has_read_notice(session, user_id=cast.officer.user_id, edition=notice.EDITION)
        assert not queries.has_read_notice(session, user_id=cast.officer.user_id, edition="another")
        assert session.scalar(select(func.count()).select_from(PrivacyNotice)) == 1


def test_the_notice_leads_to_no_other_site(officer: Visitor) -> None:
    assert officer.sends("/privacy/reading", next="https://evil.example").headers["Location"] == "/"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36", "Chrome on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36 Edg/156.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1 Version/19.0 Safari/604.1", "Safari on an iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox on a Mac"),
        ("Werkzeug/3.1", "A browser"),
        ("", "A browser"),
    ],
)
def test_a_browser_is_named_in_words_its_owner_knows(user_agent: str, words: str) -> None:
    assert spoken(user_agent) == words


def test_only_officers_are_asked_to_confirm_the_notice(app: Flask, cast: Cast) -> None:
    assert "I have read this" not in Visitor(app).signs_in_as(cast.certifier).opens("/privacy").text
