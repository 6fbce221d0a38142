"""Every page says who may call it, and has an address that reads like one."""

import re

import pytest
from sqlalchemy import select
from werkzeug.routing import BuildError, Rule

from lms.notices.models import NoticeWaiting
from lms.web.application import Application
from lms.web.guard import Access
from tests.support.town import Town

TEXTS = {
    *("act", "bank_id", "check_id", "class_name", "course_id", "exam_id", "fact_id", "kind", "lesson_id", "number"),
    *("practical_id", "question_hash", "question_id", "report_id", "secret", "token"),
}
"""What is named by text of its own; everything else in an address is a UUID or a number, and says so."""
WORD = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
PART = re.compile(r"<(?:(?P<kind>\w+)(?:\([^)]*\))?:)?(?P<name>\w+)>")


def rules(app: Application) -> list[Rule]:
    found = list(app.url_map.iter_rules())
    assert len(found) > 20
    return found


def test_every_view_declares_who_may_call_it(app: Application) -> None:
    silent = [rule.endpoint for rule in rules(app) if not isinstance(getattr(app.view_functions[rule.endpoint], "access", None), Access)]
    assert silent == []


def test_addresses_are_lower_case_words_joined_by_hyphens(app: Application) -> None:
    parts = {(rule.rule, part) for rule in rules(app) for part in rule.rule.strip("/").split("/") if part and not PART.fullmatch(part)}
    assert [rule for rule, part in parts if not WORD.fullmatch(part) and part != "openapi.json"] == []


def test_whatever_varies_in_an_address_has_a_type_unless_it_is_text(app: Application) -> None:
    found = {(rule.rule, match["kind"], match["name"]) for rule in rules(app) for match in PART.finditer(rule.rule)}
    assert [rule for rule, kind, name in found if kind is None and name not in TEXTS] == []
    assert [rule for rule, kind, _ in found if kind not in {None, "uuid", "int"}] == []


def test_no_address_is_a_verb(app: Application) -> None:
    verbs = {"create", "delete", "update", "get", "do", "revoke", "issue", "submit", "save", "publish", "start", "finish", "enroll"}
    assert [rule.rule for rule in rules(app) if verbs & set(rule.rule.split("/"))] == []


def test_a_page_that_declares_nothing_is_refused(app: Application) -> None:
    app.add_url_rule("/silent", view_func=lambda: "told", endpoint="silent")
    answer = app.test_client().get("/silent")
    assert answer.status_code == 403
    assert "told" not in answer.text


def test_nothing_but_reading_and_posting_is_offered(app: Application) -> None:
    assert {method for rule in rules(app) for method in rule.methods or ()} <= {"GET", "HEAD", "OPTIONS", "POST"}


def test_static_files_are_not_a_view(app: Application) -> None:
    with app.test_request_context(), pytest.raises(BuildError):
        app.url_for("static", filename="lms.css")


def test_every_notice_leads_to_a_page(town: Town) -> None:
    with town.site.database.reading() as session:
        paths = set(session.scalars(select(NoticeWaiting.path)))
    places = town.app.url_map.bind("localhost")
    assert paths, "nobody was told anything"
    assert {places.match(path)[0] for path in paths} >= {"certificates.certificate", "nominations.nomination"}
