"""One device writes an exam; a second one needs the proctor."""

import pytest
from sqlalchemy import select

from lms.audit.models import AuditEntry
from lms.exams import acts, devices, rules
from lms.exams.acts import Act, NotNow, Reason
from lms.exams.devices import NotBound
from lms.exams.models import AttemptHead
from lms.exams.rules import Kind, is_other_device
from lms.exams.service import OtherDevice
from lms.kernel.clock import FrozenClock
from lms.web.application import Application
from lms.web.site import Site
from tests.support.exam_site import ExamSite, Sitter, exam_site


@pytest.fixture
def exam(app: Application, site: Site, clock: FrozenClock) -> ExamSite:
    return exam_site(app, site, clock)


def releases(exam: ExamSite) -> None:
    with exam.site.database.writing() as session:
        act = Act(exam.room.proctor, Reason.TECHNICAL, "The screen broke", exam.clock.now())
        devices.release(session, act, attempt_id=session.scalars(select(AttemptHead.attempt_id)).one())


def begun(exam: ExamSite) -> Sitter:
    officer = exam.officer()
    officer.opens(exam.door)
    return officer.starts()


def beside(exam: ExamSite, sitter: Sitter) -> Sitter:
    """The same officer in another browser."""
    other = exam.officer()
    other.attempt = sitter.attempt
    return other


def test_a_second_browser_neither_sees_nor_writes_and_that_is_on_record_once_a_minute(exam: ExamSite) -> None:
    officer = begun(exam)
    choice = officer.question(1)[0]
    other = beside(exam, officer)
    for page in ("questions/1", "review"):
        assert other.opens(f"{officer.attempt}/{page}").status_code == 423
        assert "being written on another device" in other.page.all("h1")[0].said()
    refused = other.saves(1, choice=choice)
    assert (refused.status_code, refused.get_json()["error"]) == (423, "device")
    assert "Ask the proctor to release it" in refused.get_json()["detail"]
    assert other.sends(f"{officer.attempt}/submission").status_code == 423
    assert other.sends(f"{officer.attempt}/paper").status_code == 423
    assert exam.stored(1) is None
    assert [step.payload for step in exam.steps() if step.kind is Kind.SIGNALED] == [{"signal": "second-device"}]
    assert other.opens(f"{officer.attempt}/pulse").get_json()["elsewhere"] is True
    assert officer.opens(f"{officer.attempt}/pulse").get_json()["elsewhere"] is False
    assert officer.saves(1, choice=choice).status_code == 200


def test_after_the_release_the_next_browser_goes_on_and_the_first_is_out(exam: ExamSite) -> None:
    officer = begun(exam)
    choice, changed = officer.question(1)[:2]
    officer.saves(1, choice=choice)
    other = beside(exam, officer)
    releases(exam)
    assert other.question(1)
    assert other.chosen() == [choice]
    assert officer.saves(1, choice=changed, revision=1).status_code == 423
    assert other.saves(1, choice=changed, revision=1).status_code == 200
    kinds = [step.kind for step in exam.steps()]
    assert kinds[:4] == [Kind.STARTED, Kind.ANSWERED, Kind.RELEASED, Kind.SIGNALED]
    assert rules.chain_holds(exam.steps())
    with exam.site.database.reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "released an exam to another device")).one()
    assert entry.reason == "technical trouble: The screen broke"
    assert entry.details["question"] == 1


def test_the_secret_is_closed_to_scripts_and_to_other_sites(exam: ExamSite) -> None:
    officer = exam.officer()
    set_by = [one for one in officer.opens(exam.door).headers.getlist("Set-Cookie") if one.startswith("exam-device=")]
    assert len(set_by) == 1
    assert "HttpOnly" in set_by[0]
    assert "SameSite=Strict" in set_by[0]
    again = officer.opens(exam.door).headers.getlist("Set-Cookie")
    assert not [one for one in again if one.startswith("exam-device=")]


def test_only_an_exam_that_runs_and_is_held_can_be_released(exam: ExamSite) -> None:
    officer = begun(exam)
    releases(exam)
    with pytest.raises(NotBound):
        releases(exam)
    officer.question(1)
    officer.sends(f"{officer.attempt}/submission")
    with pytest.raises(NotNow):
        releases(exam)


def test_a_page_without_the_secret_that_takes_a_released_exam_by_its_script_can_go_on(exam: ExamSite) -> None:
    officer = begun(exam)
    choice = officer.question(1)[0]
    other = beside(exam, officer)
    other.opens(f"{officer.attempt}/pulse")
    releases(exam)
    assert other.sends(f"{officer.attempt}/paper").status_code == 200
    assert other.saves(1, choice=choice).status_code == 200
    assert officer.saves(1, choice=choice).status_code == 423


def test_of_two_browsers_after_a_release_one_takes_the_exam(exam: ExamSite) -> None:
    officer = begun(exam)
    releases(exam)
    attempt = officer.attempt.rpartition("/")[2]
    with exam.site.database.writing() as session:
        head = session.scalars(select(AttemptHead)).one()
        devices.take(session, actor=exam.room.officer, attempt_id=head.attempt_id, device="one", now=exam.clock.now())
        with pytest.raises(OtherDevice):
            devices.take(session, actor=exam.room.officer, attempt_id=head.attempt_id, device="two", now=exam.clock.now())
        assert (str(head.attempt_id), head.device) == (attempt, "one")


def test_nobody_holds_an_exam_that_no_browser_was_bound_to() -> None:
    assert not is_other_device(None, None)
    assert not is_other_device(rules.RELEASED, "a")
    assert not is_other_device("a", "a")
    assert is_other_device("a", None)
    assert is_other_device("a", "b")


def test_a_paused_exam_shows_no_question_and_stores_nothing(exam: ExamSite) -> None:
    officer = begun(exam)
    choice = officer.question(1)[0]
    with exam.site.database.writing() as session:
        attempt = session.scalars(select(AttemptHead.attempt_id)).one()
        acts.pause(session, Act(exam.room.proctor, Reason.REST, "Rest", exam.clock.now()), attempt_id=attempt)
    for page in ("questions/1", "review"):
        assert officer.opens(f"{officer.attempt}/{page}").status_code == 423
        assert officer.page.all("h1")[0].said() == "Your exam is paused"
    assert officer.saves(1, choice=choice).get_json()["error"] == "paused"
    assert officer.sends(f"{officer.attempt}/paper").status_code == 423
    assert exam.stored(1) is None


def test_the_whole_paper_is_handed_to_the_page_and_that_is_on_record(exam: ExamSite) -> None:
    """R-10: what is handed out is on record, and what is shown of it as well."""
    officer = begun(exam)
    officer.saves(2, choice=officer.question(2)[1], flagged="1")
    handed = officer.sends(f"{officer.attempt}/paper").get_json()["questions"]
    assert [one["position"] for one in handed] == list(range(1, exam.room.questions + 1))
    assert (handed[1]["flagged"], handed[1]["revision"]) == (True, 1)
    assert not [one for one in handed if "KEYCANARY" in one["html"]]
    assert exam.steps()[-1].payload == {"signal": "paper-delivered"}
    assert officer.sends(f"{officer.attempt}/views", position="4", ago="1500").get_json() == {"recorded": True}
    assert officer.opens(f"{officer.attempt}/review").status_code == 200
    seen = [link.said() for link in officer.page.all("a") if link.attributes.get("data-position") == "4"]
    assert seen == ["Question 4 not answered"]
    for wrong in ({"position": "0"}, {"position": "7"}, {"position": "x"}, {"position": "1", "ago": "-1"}, {}):
        assert officer.sends(f"{officer.attempt}/views", **wrong).status_code == 422
