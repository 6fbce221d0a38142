"""An officer's way through the exam in a browser: the door, the questions, saving, handing in, and what never reaches anybody."""

import uuid
from datetime import timedelta

import pytest
from flask import template_rendered

from lms.exams.rules import Kind
from lms.kernel.clock import FrozenClock
from lms.web.application import Application
from lms.web.headers import SECURITY_HEADERS
from lms.web.site import Site
from tests.support.browser import Visitor
from tests.support.exam_room import EXAM, KEY_CANARY
from tests.support.exam_site import ExamSite, Sitter, exam_site
from tests.support.statements import is_write, statements_on

NO_PAGE = uuid.UUID(int=0)


@pytest.fixture
def exam(app: Application, site: Site, clock: FrozenClock) -> ExamSite:
    return exam_site(app, site, clock)


@pytest.fixture
def sitter(exam: ExamSite) -> Sitter:
    return exam.officer().starts()


def text_of(visitor: Visitor) -> str:
    return visitor.page.all("main")[0].said()


# --- The whole way --------------------------------------------------------------------------------------------------


def test_an_officer_goes_the_whole_way_from_the_door_to_the_result(exam: ExamSite) -> None:
    officer = exam.officer()
    officer.opens(exam.door)
    assert "Admitted by a proctor" in text_of(officer)
    assert not [form for form in officer.page.all("form") if str(form.attributes["action"]).endswith("/attempts")]
    exam.code()
    officer.opens(exam.door)
    refused = officer.sends(f"{exam.door}/attempts", rules_read="y", code="WRONG")
    assert refused.status_code == 422
    assert "not the code for this exam" in refused.text
    officer.starts()
    for position in range(1, exam.room.questions + 1):
        assert len(officer.question(position)) == 4
        right = exam.key(position)
        if position % 2:
            assert officer.saves(position, choice=right).get_json()["revision"] == 1
        else:
            answer = officer.sends(f"{officer.attempt}/questions/{position}/answer", choice=right, revision="0", go="review")
            assert answer.headers["Location"] == f"{officer.attempt}/review"
    officer.opens(f"{officer.attempt}/review")
    assert "6 of 6 questions are answered" in text_of(officer)
    officer.follows(officer.sends(f"{officer.attempt}/submission"))
    assert officer.page.all("h1")[0].said() == "You passed"
    assert "100.00%" in text_of(officer)
    assert "Objective ONE-1 in words" in text_of(officer)


def test_the_rules_must_be_confirmed_before_the_code_is_looked_at(exam: ExamSite) -> None:
    officer = exam.officer()
    refused = officer.sends(f"{exam.door}/attempts", code=exam.code())
    assert (refused.status_code, exam.steps()) == (422, [])


def test_five_wrong_codes_close_the_door_for_a_while(exam: ExamSite) -> None:
    officer = exam.officer()
    exam.code()
    statuses = [officer.sends(f"{exam.door}/attempts", rules_read="y", code="WRONG").status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]


def test_starting_again_leads_to_the_attempt_under_way(exam: ExamSite, sitter: Sitter) -> None:
    again = sitter.sends(f"{exam.door}/attempts", rules_read="y", code="")
    for answer in (again, sitter.opens(exam.door)):
        assert (answer.status_code, answer.headers["Location"]) == (303, sitter.attempt)
    assert sitter.opens(sitter.attempt).headers["Location"] == f"{sitter.attempt}/questions/1"


def test_who_fails_reads_what_happens_next_and_no_right_answer(exam: ExamSite, sitter: Sitter) -> None:
    sitter.follows(sitter.sends(f"{sitter.attempt}/submission"))
    assert sitter.page.all("h1")[0].said() == "You did not pass"
    assert "You have one retake" in text_of(sitter)
    sitter.opens(exam.door)
    assert "not passed" in text_of(sitter)


def test_the_review_lists_what_is_unanswered_and_what_is_flagged(sitter: Sitter) -> None:
    sitter.saves(2, choice=sitter.question(2)[0])
    sitter.saves(3, flagged="1")
    sitter.opens(f"{sitter.attempt}/review")
    jumps = [link.said() for link in sitter.page.all("a") if any("jumps" in str(outer.attributes.get("class")) for outer in link.around)]
    assert jumps == ["Question 1", "Question 3", "Question 4", "Question 5", "Question 6", "Question 3"]


def test_a_handed_in_attempt_shows_its_result_wherever_it_is_opened(sitter: Sitter) -> None:
    sitter.sends(f"{sitter.attempt}/submission")
    for page in ("questions/1", "review"):
        assert sitter.opens(f"{sitter.attempt}/{page}").headers["Location"] == f"{sitter.attempt}/result"
    assert sitter.sends(f"{sitter.attempt}/submission").status_code == 302


def test_the_result_of_an_attempt_under_way_leads_back_to_the_first_open_question(sitter: Sitter) -> None:
    sitter.saves(1, choice=sitter.question(1)[0])
    assert sitter.opens(f"{sitter.attempt}/result").headers["Location"] == f"{sitter.attempt}/questions/2"


def test_the_navigator_tells_every_state_in_words(sitter: Sitter) -> None:
    sitter.saves(1, choice=sitter.question(1)[0])
    sitter.question(2)
    sitter.saves(2, flagged="1")
    sitter.question(3)
    places = [link.said() for link in sitter.page.all("a") if "data-position" in link.attributes]
    said = ["answered", "not answered, flagged", "not answered", "not seen", "not seen", "not seen"]
    assert places == [f"Question {number} {state}" for number, state in enumerate(said, 1)]
    assert [link.attributes["data-position"] for link in sitter.page.all("a") if link.attributes.get("aria-current") == "step"] == ["3"]


# --- Saving ---------------------------------------------------------------------------------------------------------


def test_a_save_by_script_answers_with_its_receipt(exam: ExamSite, sitter: Sitter) -> None:
    choice = sitter.question(2)[1]
    receipt = sitter.saves(2, choice=choice, flagged="1").get_json()
    at = exam.clock.now().isoformat(timespec="milliseconds")
    assert receipt == {"position": 2, "response": choice, "flagged": True, "revision": 1, "at": at, "now": at}
    sitter.question(2)
    assert sitter.chosen() == [choice]


def test_a_resent_save_gives_the_first_receipt_and_one_step(exam: ExamSite, sitter: Sitter) -> None:
    choice = sitter.question(1)[0]
    first = sitter.saves(1, choice=choice, key="k").get_json()
    exam.clock.advance(timedelta(seconds=5))
    again = sitter.saves(1, choice=choice, key="k").get_json()
    assert again | {"now": ""} == first | {"now": ""}
    assert [step.kind for step in exam.steps()] == [Kind.STARTED, Kind.ANSWERED]


def test_a_plain_form_saves_and_goes_where_its_button_says(exam: ExamSite, sitter: Sitter) -> None:
    path, choice = f"{sitter.attempt}/questions/1/answer", sitter.question(1)[0]
    assert sitter.sends(path, choice=choice, revision="0", go="2").headers["Location"] == f"{sitter.attempt}/questions/2"
    assert sitter.sends(path, choice=choice, revision="1", go="review").headers["Location"] == f"{sitter.attempt}/review"
    assert sitter.sends(path, choice=choice, revision="1", flagged="1").headers["Location"] == f"{sitter.attempt}/questions/1"
    stored = exam.stored(1)
    assert stored is not None
    assert (stored.response, stored.flagged, stored.revision) == (choice, True, 2)


def test_an_older_revision_is_answered_with_what_stands(exam: ExamSite, sitter: Sitter) -> None:
    first, second = sitter.question(1)[:2]
    sitter.saves(1, choice=first)
    refused = sitter.saves(1, choice=second, flagged="1", revision=0)
    stands = refused.get_json()
    assert refused.status_code == 409
    assert (stands["response"], stands["flagged"], stands["revision"]) == (first, False, 1)
    assert exam.steps()[-1].payload["response"] == second


def test_without_a_script_a_conflict_shows_both_answers(sitter: Sitter) -> None:
    first, second = sitter.question(1)[:2]
    sent = next(label.said() for label in sitter.page.all("label") if label.attributes.get("for") == f"choice-{second}")
    sitter.saves(1, choice=first)
    sitter.follows(sitter.sends(f"{sitter.attempt}/questions/1/answer", choice=second, revision="0", go="2"))
    assert sitter.chosen() == [first]
    assert "changed in another window" in text_of(sitter)
    assert sent in [bold.said() for bold in sitter.page.all("strong")]


def test_after_the_time_a_save_is_gone_and_nothing_is_stored(exam: ExamSite, sitter: Sitter) -> None:
    choice = sitter.question(1)[0]
    exam.clock.advance(timedelta(minutes=61, milliseconds=1))
    refused = sitter.saves(1, choice=choice)
    assert (refused.status_code, refused.get_json()["result"]) == (410, f"{sitter.attempt}/result")
    plain = sitter.sends(f"{sitter.attempt}/questions/1/answer", choice=choice, revision="0")
    assert plain.headers["Location"] == f"{sitter.attempt}/result"
    assert exam.stored(1) is None
    sitter.opens(f"{sitter.attempt}/result")
    assert sitter.page.all("h1")[0].said() == "You did not pass"


@pytest.mark.parametrize("sent", [{"revision": "x"}, {"revision": ""}, {"key": "k" * 101}, {"choice": "c" * 41}])
def test_what_no_page_sends_is_refused(exam: ExamSite, sitter: Sitter, sent: dict[str, str]) -> None:
    answer = sitter.sends(f"{sitter.attempt}/questions/1/answer", **{"choice": "", "revision": "0", **sent})
    assert answer.status_code == 422
    assert exam.stored(1) is None


def test_a_question_beyond_the_paper_does_not_exist(sitter: Sitter) -> None:
    for position in (0, 7, 10**12):
        assert sitter.opens(f"{sitter.attempt}/questions/{position}").status_code == 404
        assert sitter.saves(position).status_code == 404


# --- What must not be told or done ----------------------------------------------------------------------------------


def test_another_officers_attempt_answers_exactly_as_one_that_does_not_exist(exam: ExamSite, sitter: Sitter) -> None:
    stranger = exam.stranger()
    nowhere = f"/attempts/{NO_PAGE}"
    for page in ("questions/1", "review", "result"):
        theirs, none = stranger.opens(f"{sitter.attempt}/{page}"), stranger.opens(f"{nowhere}/{page}")
        assert (theirs.status_code, theirs.data) == (none.status_code, none.data) == (404, none.data)
    for page in ("questions/1/answer", "submission"):
        theirs, none = (stranger.sends(f"{attempt}/{page}", choice="", revision="0", key="k") for attempt in (sitter.attempt, nowhere))
        assert (theirs.status_code, theirs.data) == (none.status_code, none.data) == (404, none.data)
    nobody = f"/enrollments/{NO_PAGE}/exams/{EXAM}"
    theirs, none = stranger.opens(exam.door), stranger.opens(nobody)
    assert (theirs.status_code, theirs.data) == (none.status_code, none.data) == (404, none.data)
    theirs, none = (stranger.sends(f"{door}/attempts", rules_read="y", code="x") for door in (exam.door, nobody))
    assert (theirs.status_code, theirs.data) == (none.status_code, none.data) == (404, none.data)
    assert [step.kind for step in exam.steps()] == [Kind.STARTED]


def test_nobody_but_officers_and_nobody_unknown_reaches_an_exam(exam: ExamSite, sitter: Sitter, app: Application) -> None:
    assert exam.proctor().opens(f"{sitter.attempt}/questions/1").status_code == 403
    unknown = Visitor(app)
    assert "/sign-in" in unknown.opens(f"{sitter.attempt}/questions/1").headers["Location"]
    assert unknown.sends(f"{sitter.attempt}/questions/1/answer").status_code == 401


def test_no_response_of_a_whole_visit_tells_the_key(exam: ExamSite) -> None:
    officer = exam.officer()
    officer.opens(exam.door)
    officer.starts()
    keys = {position: exam.key(position) for position in range(1, exam.room.questions + 1)}
    for position, key in keys.items():
        shown = officer.question(position)
        page = exam.received[-1].text
        assert key in shown
        assert len({page.count(one) for one in shown}) == 1
        officer.saves(position, choice=next(one for one in shown if one != key))
        officer.saves(position, choice=key, revision=0)  # refused: what stands is told, not what is right
    officer.opens(f"{officer.attempt}/review")
    officer.follows(officer.sends(f"{officer.attempt}/submission"))
    officer.opens(exam.door)
    everything = [*(answer.text for answer in exam.received), *(str(answer.headers) for answer in exam.received)]
    assert not [text for text in everything if KEY_CANARY in text or "rationale" in text]
    for name in ("ONE-1-", "TWO-1-"):  # the questions' own ids would lead to the bank
        assert not [text for text in everything if f'"{name}' in text]
    after = [answer.text for answer in exam.received[-2:]]
    assert not [key for key in keys.values() if any(key in text for text in after)]


def test_every_option_looks_alike_but_for_its_own_id(exam: ExamSite, sitter: Sitter) -> None:
    for position in range(1, exam.room.questions + 1):
        ids = sitter.question(position)
        options = [one.attributes for one in sitter.page.all("input") if one.attributes.get("name") == "choice"]
        labels = [one.attributes for one in sitter.page.all("label") if str(one.attributes.get("for")).startswith("choice-")]
        bare = [{**option, "id": "", "value": ""} for option in options]
        assert all(one == bare[0] for one in bare)
        assert [set(label) for label in labels] == [{"class", "for"}] * 4
        assert len({label["class"] for label in labels}) == 1
        assert {len(one) for one in ids} == {12}
        assert all(int(one, 16) >= 0 for one in ids)


def test_a_form_without_the_token_changes_nothing(exam: ExamSite, sitter: Sitter) -> None:
    for path in (f"{sitter.attempt}/questions/1/answer", f"{sitter.attempt}/submission", f"{sitter.attempt}/signals"):
        for token in ({}, {"csrf_token": ""}, {"csrf_token": f"##{'0' * 40}"}, {"csrf_token": "\N{SNOWMAN}"}):
            assert sitter.client.post(path, data={"choice": "", "revision": "0", **token}).status_code == 403
        foreign = {"csrf_token": sitter.token(), "choice": "", "revision": "0"}
        assert sitter.client.post(path, data=foreign, headers={"Origin": "https://example.org"}).status_code == 403
    assert [step.kind for step in exam.steps()] == [Kind.STARTED]


def test_every_answer_carries_the_headers_and_is_kept_by_no_cache(exam: ExamSite) -> None:
    officer = exam.officer().starts()
    officer.saves(1, choice=officer.question(1)[0])
    officer.saves(1, revision=7)
    officer.opens(f"{officer.attempt}/questions/99")
    officer.sends(f"{officer.attempt}/submission")
    officer.saves(1)
    assert {answer.status_code for answer in exam.received} >= {200, 302, 303, 404, 409, 410}
    for answer in exam.received:
        assert {name: answer.headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS
        assert answer.headers["Cache-Control"] == "no-store"


# --- What it costs --------------------------------------------------------------------------------------------------


def test_a_save_by_script_takes_four_statements_and_renders_nothing(exam: ExamSite, sitter: Sitter) -> None:
    choice = sitter.question(1)[0]
    rendered: list[object] = []

    def note(*_: object, template: object, **__: object) -> None:
        rendered.append(template)

    with template_rendered.connected_to(note, exam.app), statements_on(exam.site.database) as heard:
        assert sitter.saves(1, choice=choice).status_code == 200
    assert [statement.split(" ", 1)[0] for statement in heard] == ["SELECT", "SELECT", "INSERT", "INSERT"]
    assert rendered == []


def test_a_question_takes_six_statements_when_first_seen_and_five_afterwards(exam: ExamSite, sitter: Sitter) -> None:
    with statements_on(exam.site.database) as first:
        sitter.question(2)
    with statements_on(exam.site.database) as again:
        sitter.question(2)
    assert (len(first), len(again)) == (6, 5)


def test_reading_writes_nothing_but_the_first_view_of_a_question(exam: ExamSite, sitter: Sitter) -> None:
    with statements_on(exam.site.database) as heard:
        for path in ("questions/2", "questions/2", "questions/1", "review", "result"):
            sitter.opens(f"{sitter.attempt}/{path}")
        sitter.opens(exam.door)
    assert [statement.split()[:3] for statement in heard if is_write(statement)] == [["INSERT", "INTO", "question_view"]]
    sitter.sends(f"{sitter.attempt}/submission")
    with statements_on(exam.site.database) as heard:
        for path in ("questions/3", "review", "result"):
            sitter.opens(f"{sitter.attempt}/{path}")
    assert not [statement for statement in heard if is_write(statement)]
