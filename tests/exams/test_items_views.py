"""The exam page for every type: as a plain form, as a script sends it, and what never reaches the browser."""

import json
import uuid
from typing import Any

import pytest
from sqlalchemy import update

from lms.accounts.models import User
from lms.kernel.clock import FrozenClock
from lms.web.application import Application
from lms.web.site import Site
from tests.support.browser import Visitor
from tests.support.cast import FAST_HASH
from tests.support.exam_room import KEY_CANARY
from tests.support.exam_site import ExamSite, Sitter
from tests.support.mixed import TYPED, keys_of, mixed_room, right_answer


@pytest.fixture
def exam(app: Application, site: Site, clock: FrozenClock) -> ExamSite:
    with site.database.writing() as session:
        room = mixed_room(session, now=clock.now())
        session.execute(update(User).values(password_hash=FAST_HASH))
    return ExamSite(app, site, clock, room)


@pytest.fixture
def sitter(exam: ExamSite) -> Sitter:
    return exam.officer().starts()


def places(exam: ExamSite, sitter: Sitter) -> dict[str, tuple[int, str, Any]]:
    """Position, type and key of each question by its name."""
    with exam.site.database.reading() as session:
        found = keys_of(session, uuid.UUID(sitter.attempt.rsplit("/", 1)[1]))
        return {name: (row.position, row.type, row.key) for name, row in found.items()}


def written(sitter: Sitter) -> str:
    """What the field for a written answer holds."""
    return next(one.said() for one in sitter.page.all("textarea") if one.attributes.get("name") == "text")


def plain_fields(type_: str, key: Any) -> dict[str, Any]:
    """What a form without a script sends for a right answer."""
    match type_:
        case "ordering":
            return {f"place-{id_}": str(place) for place, id_ in enumerate(key, 1)}
        case "matching":
            return {f"match-{left}": right for left, right in key.items()}
        case "numeric" | "short" | "written":
            return {"text": right_answer(type_, key).replace("\n", "\r\n")}
        case _:
            return {"choice": key}


@pytest.mark.parametrize("name", sorted(TYPED))
def test_every_type_is_answered_by_a_plain_form_and_shown_again(exam: ExamSite, sitter: Sitter, name: str) -> None:
    position, type_, key = places(exam, sitter)[name]
    path = f"{sitter.attempt}/questions/{position}"
    sitter.opens(path)
    sitter.follows(sitter.sends(f"{path}/answer", type=type_, revision="0", **plain_fields(type_, key)))
    stored = exam.stored(position)
    assert stored is not None
    assert stored.response == right_answer(type_, key)
    again = {
        one.attributes["name"]: one.attributes.get("value")
        for one in sitter.page.all("input")
        if one.attributes.get("type") != "hidden" and ("checked" in one.attributes or one.attributes.get("type") == "text")
    }
    chosen = [str(one.attributes["value"]) for one in sitter.page.all("option") if "selected" in one.attributes]
    if type_ in {"ordering", "matching"}:
        assert sorted(chosen) == sorted(plain_fields(type_, key).values())
    elif type_ == "written":
        assert "The letter comes first." in written(sitter)
    elif type_ == "multiple":
        assert sorted(sitter.chosen()) == key
    else:
        assert right_answer(type_, key) in again.values()


@pytest.mark.parametrize("name", sorted(TYPED))
def test_every_type_is_answered_by_a_script_as_one_json_value(exam: ExamSite, sitter: Sitter, name: str) -> None:
    position, type_, key = places(exam, sitter)[name]
    wanted = right_answer(type_, key)
    headers = {"X-CSRF-Token": sitter.token(), "X-Requested-With": "fetch"}
    body = {"response": json.dumps(wanted), "revision": "0", "key": "k"}
    receipt = sitter.client.post(f"{sitter.attempt}/questions/{position}/answer", data=body, headers=headers).get_json()
    assert (receipt["response"], receipt["revision"]) == (wanted, 1)


@pytest.mark.parametrize("sent", ["{", "[" * 100_000, "NaN", "5", '{"a": {"b": 1}}', '"' + "x" * 250_000 + '"'])
def test_json_that_is_no_answer_is_refused_and_nothing_breaks(exam: ExamSite, sitter: Sitter, sent: str) -> None:
    headers = {"X-CSRF-Token": sitter.token(), "X-Requested-With": "fetch"}
    position = places(exam, sitter)["multiple"][0]
    answer = sitter.client.post(
        f"{sitter.attempt}/questions/{position}/answer", data={"response": sent, "revision": "0", "key": "k"}, headers=headers
    )
    assert answer.status_code in {400, 413, 422}
    assert exam.stored(position) is None


def test_two_lines_in_one_place_are_sent_back_with_what_was_chosen(exam: ExamSite, sitter: Sitter) -> None:
    position, _, key = places(exam, sitter)["ordering"]
    path = f"{sitter.attempt}/questions/{position}"
    sitter.opens(path)
    sent = {f"place-{id_}": "2" for id_ in key[:2]}
    refused = sitter.sends(f"{path}/answer", type="ordering", revision="0", **sent)
    assert refused.status_code == 422
    assert "Two of the lines have the same place" in refused.text
    assert [one.attributes["value"] for one in sitter.page.all("option") if "selected" in one.attributes] == ["2", "2"]
    assert exam.stored(position) is None


def test_a_text_that_is_too_long_is_sent_back_whole(exam: ExamSite, sitter: Sitter) -> None:
    position = places(exam, sitter)["written"][0]
    path = f"{sitter.attempt}/questions/{position}"
    sitter.opens(path)
    refused = sitter.sends(f"{path}/answer", type="written", revision="0", text="w" * 20_001)
    assert refused.status_code == 422
    assert "w" * 20_001 in refused.text


def test_a_text_overtaken_in_another_window_is_shown_in_full(exam: ExamSite, sitter: Sitter) -> None:
    position = places(exam, sitter)["written"][0]
    path = f"{sitter.attempt}/questions/{position}"
    sitter.opens(path)
    sitter.sends(f"{path}/answer", type="written", revision="0", text="What stands.")
    sitter.follows(sitter.sends(f"{path}/answer", type="written", revision="0", text="What came late."))
    assert "What stands." in written(sitter)
    assert "What came late." in [bold.said() for bold in sitter.page.all("strong")]


def test_what_is_no_number_is_kept_and_said_to_be_none(exam: ExamSite, sitter: Sitter) -> None:
    position = places(exam, sitter)["numeric"][0]
    path = f"{sitter.attempt}/questions/{position}"
    sitter.opens(path)
    sitter.follows(sitter.sends(f"{path}/answer", type="numeric", revision="0", text="two days"))
    assert "What is saved is no number" in sitter.page.all("body")[0].said()


def test_no_key_rationale_or_rubric_ever_reaches_the_officer(exam: ExamSite, sitter: Sitter) -> None:
    for name, (position, type_, key) in places(exam, sitter).items():
        sitter.opens(f"{sitter.attempt}/questions/{position}")
        sitter.sends(f"{sitter.attempt}/questions/{position}/answer", type=type_, revision="0", **plain_fields(type_, key))
        assert name in TYPED
    sitter.opens(f"{sitter.attempt}/review")
    sitter.follows(sitter.sends(f"{sitter.attempt}/submission"))
    assert "Your result is not out yet" in sitter.page.all("h1")[0].said()
    received = [answer for answer in exam.received if answer.request.path]
    assert len(received) > len(TYPED)
    texts = [answer.text for answer in received]
    assert not [text for text in texts if f"{KEY_CANARY} rationale" in text or f"{KEY_CANARY} why" in text or f"{KEY_CANARY} model" in text]
    assert not [text for text in texts if f"{KEY_CANARY} apart" in text or f"{KEY_CANARY} citation" in text]


def test_the_first_page_and_the_exams_page_say_what_the_result_waits_for(exam: ExamSite, sitter: Sitter) -> None:
    position, type_, key = places(exam, sitter)["written"]
    sitter.sends(f"{sitter.attempt}/questions/{position}/answer", type=type_, revision="0", **plain_fields(type_, key))
    sitter.sends(f"{sitter.attempt}/submission")
    sitter.opens("/")
    assert "Your result is not out yet" in sitter.page.all("body")[0].said()
    sitter.opens(exam.door)
    assert "Your result is not out yet" in sitter.page.all("body")[0].said()
    sitter.opens(f"{sitter.attempt}/result")
    assert "Its written answers wait for marking" in sitter.page.all("body")[0].said()
    assert isinstance(sitter, Visitor)


def test_the_review_says_when_the_result_comes(sitter: Sitter) -> None:
    assert "as soon as they are marked" in sitter.opens(f"{sitter.attempt}/review").text


def test_the_paper_in_the_pages_memory_is_what_its_pages_show(exam: ExamSite, sitter: Sitter) -> None:
    for position, type_, key in places(exam, sitter).values():
        sitter.opens(f"{sitter.attempt}/questions/{position}")
        sitter.sends(f"{sitter.attempt}/questions/{position}/answer", type=type_, revision="0", flagged="1", **plain_fields(type_, key))
    handed = sitter.sends(f"{sitter.attempt}/paper").get_json()["questions"]
    for one in handed:
        shown = sitter.opens(f"{sitter.attempt}/questions/{one['position']}").text
        form = shown[shown.index('<form class="question"') : shown.index("</form>") + len("</form>")]
        assert one["html"].strip() == form.strip()
        stored = exam.stored(one["position"])
        assert stored is not None
        assert (one["response"], one["flagged"], one["revision"]) == (stored.response, True, 1)
