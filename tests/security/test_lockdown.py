"""While an attempt runs its officer sees the exam and nothing else, on every device, until it is closed (invariant 18)."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from lms.accounts import lockdown as doors
from lms.accounts.models import Lockdown
from lms.accounts.permissions import Role
from lms.accounts.rules import identity_with
from lms.exams import acts, lockdown, service
from lms.exams.acts import Act, Reason
from lms.exams.lockdown import OPEN, allows
from lms.kernel.clock import FrozenClock
from lms.kernel.ids import new_id
from lms.web.application import Application
from lms.web.site import Site
from tests.support.exam_site import ExamSite, exam_site
from tests.support.routes import ROUTES, address_of, endpoints, form_of
from tests.support.statements import statements_on
from tests.support.town import PALMETTO, Town


@pytest.fixture
def exam(app: Application, site: Site, clock: FrozenClock) -> ExamSite:
    return exam_site(app, site, clock)


def always_served(app: Application, endpoint: str) -> bool:
    view: Any = app.view_functions[endpoint]
    return bool(view.access.always)


def test_every_address_but_those_of_the_exam_leads_back_to_it(town: Town) -> None:
    officer, attempt = town.people["officer"].identity, town.things[PALMETTO]["attempt_id"]
    with town.site.database.writing() as session:
        doors.begin(session, user_id=officer.user_id, attempt_id=attempt, now=town.clock.now())
    walked = set()
    for method in ("GET", "POST"):
        for rule in endpoints(town, method):
            if always_served(town.app, rule.endpoint) or rule.endpoint in OPEN:
                continue
            path = address_of(town, rule, PALMETTO)
            fields = form_of(ROUTES[rule.endpoint], town.things[PALMETTO])
            page = town.asks("officer", "GET", path) if method == "GET" else town.sends("officer", path, fields)
            json = town.asks("officer", method, path, headers={"Accept": "application/json"})
            if rule.rule.startswith("/api/"):
                assert page.status_code == json.status_code == 403, rule.rule
            else:
                assert (page.status_code, page.headers.get("Location")) == (303, f"/attempts/{attempt}"), rule.rule
                assert (json.status_code, "Your exam is under way" in json.get_json()["detail"]) == (403, True), rule.rule
            walked.add(rule.endpoint)
    assert len(walked) > 150
    for path in ("pulse", "questions/1", "review"):
        assert town.asks("officer", "GET", f"/attempts/{attempt}/{path}").status_code == 200
    other = town.things[PALMETTO]["failed_attempt_id"]
    assert town.asks("officer", "GET", f"/attempts/{other}/result").headers["Location"] == f"/attempts/{attempt}"
    assert town.asks("outsider", "GET", "/account").status_code == 200, "somebody else was locked down"
    town.restore()


def test_the_allow_list_names_pages_that_exist(town: Town) -> None:
    assert {rule.endpoint for rule in town.app.url_map.iter_rules()} >= OPEN


@given(endpoint=st.one_of(st.sampled_from(sorted(OPEN)), st.text(max_size=30)), locked=st.uuids(), asked=st.one_of(st.none(), st.uuids()))
def test_only_pages_of_the_attempt_that_runs_are_open(endpoint: str, locked: uuid.UUID, asked: uuid.UUID | None) -> None:
    """Invariant 18: another attempt of the same officer is as closed as everything else."""
    arguments = {} if asked is None else {"attempt_id": asked}
    assert allows(endpoint, arguments, attempt_id=locked) == (endpoint in OPEN and asked == locked)


def test_the_lockdown_begins_with_the_attempt_and_ends_with_it(exam: ExamSite) -> None:
    officer = exam.officer()
    assert officer.opens("/account").status_code == 200
    officer.starts()
    elsewhere = exam.officer()  # signed in once more, after the start
    for visitor in (officer, elsewhere):
        assert visitor.opens("/account").headers["Location"] == officer.attempt
    officer.sends(f"{officer.attempt}/submission")
    for visitor in (officer, elsewhere):
        assert visitor.opens("/account").status_code == 200


def test_whose_time_is_over_is_free_before_anybody_wrote_that_down(exam: ExamSite) -> None:
    officer = exam.officer().starts()
    exam.clock.advance(timedelta(minutes=62))
    assert officer.opens("/account").status_code == 200


def test_asking_costs_nothing_on_the_pages_of_the_exam_and_nobody_else_pays(exam: ExamSite) -> None:
    officer = exam.officer().starts()
    with statements_on(exam.site.database) as heard:
        officer.opens(f"{officer.attempt}/pulse")
    assert len(heard) == 2
    identity = exam.room.officer
    assert lockdown.elsewhere(None, identity=identity, endpoint="home.first_page", arguments={}, now=exam.clock.now()) is None  # type: ignore[arg-type] # it asks nothing


def test_no_other_method_or_spelling_of_an_address_leads_around_the_exam(exam: ExamSite) -> None:
    officer = exam.officer().starts()
    for path in ("/account", "/verify", f"{exam.door}"):
        for method, spelled in (("HEAD", path), ("GET", f"{path}/"), ("GET", f"/static/..{path}"), ("PUT", path)):
            answer = officer.client.open(spelled, method=method)
            led_back = answer.headers.get("Location") == officer.attempt
            assert led_back or answer.status_code in {403, 404, 405}, (method, spelled)
            assert led_back == (method == "HEAD"), (method, spelled)


def test_an_attempt_that_others_end_locks_nobody_out(exam: ExamSite) -> None:
    """By a proctor who ends it and whose act is ruled not to count, and by the worker."""
    for ends in ("proctor", "worker"):
        officer = exam.officer().starts()
        with exam.site.database.writing() as session:
            if ends == "worker":
                exam.clock.advance(timedelta(minutes=62))
                assert service.close_expired(session, now=exam.clock.now()) == 1
            else:
                attempt_id = uuid.UUID(officer.attempt.rpartition("/")[2])
                second = identity_with(frozenset({Role.PROCTOR}), user_id=new_id(), name="Second Proctor")
                act = Act(exam.room.proctor, Reason.CONDUCT, "Spoke aloud.", exam.clock.now(), second)
                acts.terminate(session, act, attempt_id=attempt_id)
                session.flush()
                acts.void(session, act, attempt_id=attempt_id)
        with exam.site.database.reading() as session:
            assert session.scalars(select(Lockdown)).all() == []
        assert officer.opens("/account").status_code == 200
