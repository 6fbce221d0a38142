"""What an officer who wants to pass, a careless click or a captured request could do to an exam: nothing."""

import json
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from werkzeug.test import TestResponse

from lms.app import create_app, open_site
from lms.audit.models import AuditEntry
from lms.db.blobs import MemoryBlobs
from lms.db.session import Database
from lms.exams import rules
from lms.exams.models import Admission, AdmissionUse, Attempt, AttemptHead, ExamResult, PaperQuestion, Step
from lms.exams.rules import Kind
from lms.kernel.clock import FrozenClock
from lms.kernel.logs import JsonLines
from lms.settings import Settings
from lms.web.application import Application
from lms.web.site import Site
from tests.support.browser import CSRF_FIELD, Visitor
from tests.support.cast import PASSWORD
from tests.support.exam_room import KEY_CANARY
from tests.support.exam_site import BY_SCRIPT, ExamSite, Sitter, exam_site

AT_ONCE = 20
Request = Callable[[FlaskClient], TestResponse]


@pytest.fixture
def exam(app: Application, site: Site, clock: FrozenClock) -> ExamSite:
    return exam_site(app, site, clock)


@pytest.fixture
def sitter(exam: ExamSite) -> Sitter:
    return exam.officer().starts()


@pytest.fixture
def hall(database: Database, clock: FrozenClock, tmp_path: Path) -> ExamSite:
    """The same site on each kind of database."""
    site = open_site(Settings(data=tmp_path / "data", compress=False), clock=clock, database=database, blobs=MemoryBlobs())
    return exam_site(create_app(site), site, clock)


# --- Captured and repeated ------------------------------------------------------------------------------------------------


def test_a_captured_save_sent_fifty_times_is_one_step(exam: ExamSite, sitter: Sitter) -> None:
    first, second = sitter.question(1)[:2]
    receipts = [sitter.saves(1, choice=first, key="captured").get_json() for _ in range(50)]
    assert len({json.dumps(receipt, sort_keys=True) for receipt in receipts}) == 1
    assert [step.kind for step in exam.steps()] == [Kind.STARTED, Kind.ANSWERED]
    sitter.saves(1, choice=second, revision=1)
    assert sitter.saves(1, choice=first, key="captured").get_json()["revision"] == 1
    stored = exam.stored(1)
    assert stored is not None
    assert (stored.response, stored.revision) == (second, 2), "a captured save undid a newer answer"


@pytest.mark.parametrize("changed", [{"choice": 1}, {"flagged": "1"}, {"position": 2}])
def test_a_captured_save_with_another_body_is_refused(exam: ExamSite, sitter: Sitter, changed: dict[str, object]) -> None:
    choices = {position: sitter.question(position) for position in (1, 2)}
    sitter.saves(1, choice=choices[1][0], key="captured")
    position = 2 if "position" in changed else 1
    choice = choices[position][1 if "choice" in changed else 0]
    refused = sitter.saves(position, choice=choice, key="captured", flagged=str(changed.get("flagged", "")))
    assert refused.status_code == 422
    assert [step.kind for step in exam.steps()] == [Kind.STARTED, Kind.ANSWERED]
    assert exam.stored(2) is None


def test_a_captured_save_in_the_hands_of_another_officer_finds_nothing(exam: ExamSite, sitter: Sitter) -> None:
    choice = sitter.question(1)[0]
    sitter.saves(1, choice=choice, key="captured")
    stranger = exam.stranger()
    body = {"choice": choice, "revision": "1", "key": "captured", CSRF_FIELD: stranger.token()}
    for headers in ({}, BY_SCRIPT):
        assert stranger.client.post(f"{sitter.attempt}/questions/1/answer", data=body, headers=headers).status_code == 404
    mine = {**body, CSRF_FIELD: sitter.token()}
    assert stranger.client.post(f"{sitter.attempt}/questions/1/answer", data=mine).status_code == 403
    assert len(exam.steps()) == 2


# --- Time -----------------------------------------------------------------------------------------------------------------


def test_the_time_that_a_browser_claims_moves_nothing(exam: ExamSite, sitter: Sitter) -> None:
    choice, began = sitter.question(1)[0], exam.clock.now()
    names = ("at", "now", "time", "due_at", "deadline", "started_at", "seconds", "minutes", "extra_minutes", "late", "officer_id", "policy")
    claims = dict.fromkeys(names, "2030-01-01T00:00:00.000+00:00")
    headers = {**BY_SCRIPT, "X-CSRF-Token": sitter.token(), "Date": "Tue, 01 Jan 2030 00:00:00 GMT", "X-Timezone": "Pacific/Auckland"}
    exam.clock.advance(timedelta(minutes=1))
    body = {"choice": choice, "revision": "0", "key": "k", **claims}
    receipt = sitter.client.post(f"{sitter.attempt}/questions/1/answer", data=body, headers=headers, query_string=claims)
    assert receipt.get_json()["at"] == exam.clock.now().isoformat(timespec="milliseconds")
    assert set(exam.steps()[-1].payload) == {"position", "response", "flagged", "revision"}
    with exam.site.database.reading() as session:
        assert session.scalars(select(AttemptHead.due_at)).one() == began + timedelta(minutes=61)
    exam.clock.advance(timedelta(minutes=60, milliseconds=1))
    late = {**body, "revision": "1", "key": "later"}
    assert sitter.client.post(f"{sitter.attempt}/questions/1/answer", data=late, headers=headers).status_code == 410
    assert len(exam.steps()) == 2


def test_after_handing_in_nothing_is_taken_and_nothing_changes(exam: ExamSite, sitter: Sitter) -> None:
    choice, right = sitter.question(1)[0], exam.key(1)
    sitter.saves(1, choice=choice, key="before")
    sitter.sends(f"{sitter.attempt}/submission")
    with exam.site.database.reading() as session:
        score = session.scalars(select(ExamResult.score)).one()
    steps = exam.steps()
    assert sitter.saves(1, choice=right, revision=1).status_code == 410
    assert sitter.saves(2, choice="").status_code == 410
    assert sitter.saves(1, choice=right, revision=0).status_code == 410, "a conflict would still have written a step"
    assert sitter.saves(1, choice=choice, key="before").status_code == 200, "what was acknowledged stays acknowledged"
    sitter.sends(f"{sitter.attempt}/submission")
    assert exam.steps() == steps
    with exam.site.database.reading() as session:
        assert session.scalars(select(ExamResult.score)).all() == [score]


# --- At once --------------------------------------------------------------------------------------------------------------


def at_once(visitor: Visitor, app: Flask, requests: list[Request]) -> list[TestResponse]:
    """What each request is answered when all of them leave together, each from a client of its own with the visitor's cookie."""
    cookies = {name: visitor.client.get_cookie(name) for name in ("lms", "exam-device")}
    together = threading.Barrier(len(requests))

    def leaves(request: Request) -> TestResponse:
        client = app.test_client()
        for name, cookie in cookies.items():
            assert cookie is not None
            client.set_cookie(name, cookie.value)
        together.wait()
        return request(client)

    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(leaves, requests))


def test_starting_twenty_times_at_once_gives_one_attempt(hall: ExamSite) -> None:
    officer = hall.officer()
    officer.opens(hall.door)
    form = {CSRF_FIELD: officer.token(), "rules_read": "y", "code": hall.code()}
    answers = at_once(officer, hall.app, [lambda client: client.post(f"{hall.door}/attempts", data=form)] * AT_ONCE)
    assert {answer.status_code for answer in answers} <= {302, 303}, "who is locked down already is led to the exam"
    assert len({answer.headers["Location"].partition("/questions/")[0] for answer in answers}) == 1
    with hall.site.database.reading() as session:
        counted = {table: session.scalar(select(func.count()).select_from(table)) for table in (Attempt, AttemptHead, AdmissionUse, Step)}
        assert set(counted.values()) == {1}
        assert session.scalar(select(func.count()).where(AuditEntry.action == "started an exam")) == 1
        assert session.scalar(select(func.count()).select_from(PaperQuestion)) == hall.room.questions, "a paper nobody sits was left"


def test_handing_in_twenty_times_at_once_gives_one_result(hall: ExamSite) -> None:
    officer = hall.officer().starts()
    form = {CSRF_FIELD: officer.token()}
    answers = at_once(officer, hall.app, [lambda client: client.post(f"{officer.attempt}/submission", data=form)] * AT_ONCE)
    assert {(answer.status_code, answer.headers["Location"]) for answer in answers} == {(302, f"{officer.attempt}/result")}
    assert [step.kind for step in hall.steps()] == [Kind.STARTED, Kind.SUBMITTED]
    with hall.site.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ExamResult)) == 1
        assert session.scalar(select(func.count()).where(AuditEntry.action == "handed in an exam")) == 1


def test_saving_and_handing_in_at_once_leaves_a_chain_that_ends_with_handing_in(hall: ExamSite) -> None:
    officer = hall.officer().starts()
    choices = officer.question(1)
    headers = {**BY_SCRIPT, "X-CSRF-Token": officer.token()}
    path = f"{officer.attempt}/questions/1/answer"
    bodies = [{"choice": choices[at % 4], "flagged": "1" * (at // 4 % 2), "revision": "0", "key": f"{at}"} for at in range(4)]
    saves = [lambda client, body=body: client.post(path, data=body, headers=headers) for body in bodies]
    submits = [lambda client: client.post(f"{officer.attempt}/submission", headers=headers)] * 2
    answers = at_once(officer, hall.app, [*saves[:2], *submits, *saves[2:]])
    assert {answer.status_code for answer in answers} <= {200, 302, 409, 410}
    steps = hall.steps()
    assert [step.kind for step in steps].count(Kind.ANSWERED) <= 1, "two saves on one revision were both taken"
    assert [step.kind for step in steps].count(Kind.SUBMITTED) == 1
    assert steps[-1].kind is Kind.SUBMITTED
    assert rules.chain_holds(steps)


def test_one_code_tried_at_once_by_two_officers_lets_only_its_own_in(hall: ExamSite) -> None:
    officer, stranger = hall.officer(), hall.stranger()
    code = hall.code()
    assert stranger.sends(f"{hall.door}/attempts", rules_read="y", code=code).status_code == 404
    assert officer.sends(f"{hall.door}/attempts", rules_read="y", code=code).status_code == 302


# --- What the log tells -----------------------------------------------------------------------------------------------------


def test_the_log_of_a_whole_visit_holds_no_answer_key_password_code_or_token(
    site: Site, clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    """With everything of ours logged, a line for each request, and the database failing under a save and a sign-in."""
    app = create_app(replace(site, settings=replace(site.settings, access_log=True)))
    exam = exam_site(app, site, clock)
    caplog.set_level(logging.DEBUG, logger="lms")
    officer, code = exam.officer(), exam.code()
    started = officer.sends(f"{exam.door}/attempts", rules_read="y", code=code)
    officer.attempt = started.headers["Location"].partition("/questions/")[0]
    officer.follows(started)
    secrets = {KEY_CANARY, PASSWORD, officer.token(), code}
    for position in range(1, exam.room.questions + 1):
        shown = officer.question(position)
        secrets |= {*shown, exam.key(position)}
        secrets |= {label.said() for label in officer.page.all("label") if str(label.attributes.get("for")).startswith("choice-")}
        officer.saves(position, choice=shown[0], key=f"key-{position}-canary")
        officer.saves(position, choice=shown[1], key=f"key-{position}-again")
    cookie = officer.client.get_cookie("lms")
    assert cookie is not None
    with officer.client.session_transaction() as held:
        secrets |= {cookie.value, held["_user_id"], held["csrf_secret"]}
    broken_by(exam, officer)
    lines = [JsonLines().format(record) for record in caplog.records]
    assert len(lines) > 20
    assert sum('"error"' in line for line in lines) >= 2, "the database did not fail as the test meant it to"
    told = [(secret, line) for secret in secrets - {""} for line in lines if secret in line or json.dumps(secret)[1:-1] in line]
    assert told == []


def broken_by(exam: ExamSite, officer: Sitter) -> None:
    """Send an answer, then a password, to a database that has lost the tables for them."""
    shown = officer.question(1)
    with exam.site.database.writing() as session:
        session.execute(text("ALTER TABLE attempt_answer RENAME TO elsewhere"))
    headers = {**BY_SCRIPT, "X-CSRF-Token": officer.token()}
    body = {"choice": shown[0], "revision": "1", "key": "k"}
    assert officer.client.post(f"{officer.attempt}/questions/1/answer", data=body, headers=headers).status_code == 503
    with exam.site.database.writing() as session:
        session.execute(text("ALTER TABLE user_session RENAME TO sessions_elsewhere"))
    visitor = Visitor(exam.app)
    fields = {"email": exam.room.officer.email, "password": PASSWORD, CSRF_FIELD: visitor.token()}
    assert visitor.client.post("/sign-in", data=fields).status_code == 503


def test_the_key_and_the_reasons_are_in_no_file_that_is_served(exam: ExamSite, sitter: Sitter) -> None:
    """Neither the pages of an exam nor the officer's other pages, nor any page of anybody else signed in as an officer."""
    for path in ("/", "/account", "/my-certificates", exam.door, f"{sitter.attempt}/review", f"/enrollments/{exam.room.enrollment_id}"):
        assert KEY_CANARY not in sitter.opens(path).text, path
    with exam.site.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Admission)) == 1
