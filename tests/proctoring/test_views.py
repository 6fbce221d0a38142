"""The proctor's pages: who waits, checking identity, and the code that is shown once."""

import pytest
from sqlalchemy import func, select

from lms.exams.models import Admission
from lms.kernel.clock import FrozenClock
from lms.web.application import Application
from lms.web.site import Site
from tests.support.browser import Visitor
from tests.support.exam_site import ExamSite, exam_site
from tests.support.statements import is_write, statements_on

CHECKED = {"document": "Passport", "checked": "y"}


@pytest.fixture
def exam(app: Application, site: Site, clock: FrozenClock) -> ExamSite:
    return exam_site(app, site, clock)


@pytest.fixture
def proctor(exam: ExamSite) -> Visitor:
    return exam.proctor()


def shown_code(visitor: Visitor) -> str:
    return next((one.said() for one in visitor.page.all("p") if "data-code" in one.attributes), "")


def admissions(exam: ExamSite) -> int:
    with exam.site.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Admission)) or 0


def rows(visitor: Visitor) -> list[str]:
    return [row.said() for row in visitor.page.all("tr") if not row.is_inside("thead")]


def test_a_proctor_finds_who_is_ready_and_reads_out_a_code_that_lets_the_officer_in(exam: ExamSite, proctor: Visitor) -> None:
    proctor.opens("/proctoring")
    assert any("Dana Rivera" in row and "Ready for the exam" in row for row in rows(proctor))
    proctor.opens(f"{exam.door}/admission")
    assert proctor.page.all("h1")[0].said() == "Admit Dana Rivera"
    proctor.sends(f"{exam.door}/admission", **CHECKED)
    code = shown_code(proctor)
    assert len(code.replace(" ", "")) == 8
    officer = exam.officer()
    started = officer.sends(f"{exam.door}/attempts", rules_read="y", code=code)
    assert "/questions/1" in started.headers["Location"]
    proctor.opens("/proctoring")
    assert any("Sitting the exam" in row and "Not now" in row for row in rows(proctor))


def test_the_code_is_shown_once_and_kept_nowhere(exam: ExamSite, proctor: Visitor) -> None:
    proctor.sends(f"{exam.door}/admission", **CHECKED)
    code = shown_code(proctor).replace(" ", "")
    proctor.opens(f"{exam.door}/admission")
    assert shown_code(proctor) == ""
    with exam.site.database.reading() as session:
        assert code not in str([vars(one) for one in session.scalars(select(Admission))])


@pytest.mark.parametrize("sent", [{"document": "Passport"}, {"document": "A friend's word", "checked": "y"}])
def test_without_an_identity_checked_there_is_no_code(exam: ExamSite, proctor: Visitor, sent: dict[str, str]) -> None:
    assert proctor.sends(f"{exam.door}/admission", **sent).status_code == 422
    assert (shown_code(proctor), admissions(exam)) == ("", 0)


def test_an_officer_who_sits_the_exam_cannot_be_admitted_again(exam: ExamSite, proctor: Visitor) -> None:
    exam.officer().starts()
    proctor.opens(f"{exam.door}/admission")
    assert "cannot be admitted now: sitting the exam" in proctor.page.all("main")[0].said()
    assert not [form for form in proctor.page.all("form") if str(form.attributes["action"]).endswith("/admission")]


def test_the_pages_of_the_proctor_are_closed_to_officers_and_write_nothing(exam: ExamSite, proctor: Visitor) -> None:
    officer = exam.officer()
    for path in ("/proctoring", f"{exam.door}/admission"):
        assert officer.opens(path).status_code == 403
    assert officer.sends(f"{exam.door}/admission", **CHECKED).status_code == 403
    with statements_on(exam.site.database) as heard:
        proctor.opens("/proctoring")
        proctor.opens(f"{exam.door}/admission")
    assert not [statement for statement in heard if is_write(statement)]


def test_an_enrollment_or_exam_that_is_none_cannot_be_admitted_to(exam: ExamSite, proctor: Visitor) -> None:
    for path in (exam.door.replace(str(exam.room.enrollment_id), str(exam.room.offering_id)), f"{exam.door}-other"):
        assert proctor.opens(f"{path}/admission").status_code == 404
        assert proctor.sends(f"{path}/admission", **CHECKED).status_code == 404
