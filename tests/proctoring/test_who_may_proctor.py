"""Before a proctor sees the exam room: the test-security agreement (R-10), and no tie to the officer (R-11)."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.models import Grant
from lms.accounts.permissions import Role
from lms.enrollments.models import Enrollment, OfferingInstructor
from lms.exams.models import Admission
from lms.exams.starting import InvolvedProctor
from lms.kernel.clock import FrozenClock
from lms.kernel.ids import new_id
from lms.questions import security
from lms.questions.models import SecurityAgreement
from lms.questions.security import AgreementNeeded
from lms.web.application import Application
from lms.web.site import Site
from tests.support.browser import Visitor
from tests.support.exam_room import Room, furnish
from tests.support.exam_site import ExamSite, exam_site

CHECKED = {"document": "Passport", "checked": "y"}


@pytest.fixture
def exam(app: Application, site: Site, clock: FrozenClock) -> ExamSite:
    return exam_site(app, site, clock)


def a_year_on(exam: ExamSite) -> Visitor:
    """The proctor's browser a year and a day after the agreement was signed."""
    exam.clock.advance(timedelta(days=366))
    return exam.proctor()


def test_a_proctor_whose_signature_is_a_year_old_signs_once_and_goes_on(exam: ExamSite) -> None:
    """R-10."""
    proctor = a_year_on(exam)
    assert proctor.opens("/proctoring").headers["Location"] == "/test-security?next=/proctoring"
    assert "a year has passed" in proctor.opens("/test-security?next=/proctoring").text
    assert proctor.sends("/test-security/signatures", next="/proctoring").status_code == 422
    assert proctor.sends("/test-security/signatures", next="/proctoring", promised="y").headers["Location"] == "/proctoring"
    assert proctor.opens("/proctoring").status_code == 200
    assert "You have signed" in proctor.opens("/test-security").text


def test_without_a_signature_nobody_is_admitted(exam: ExamSite) -> None:
    """R-10."""
    proctor = a_year_on(exam)
    assert proctor.opens(f"{exam.door}/admission").status_code == 303
    assert proctor.sends(f"{exam.door}/admission", **CHECKED).status_code in {403, 404}
    with exam.site.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Admission)) == 0


def test_signing_twice_is_signing_once(session: Session, clock: FrozenClock) -> None:
    room = furnish(session, now=clock.now())
    security.sign(session, actor=room.proctor, now=clock.now())
    assert session.scalar(select(func.count()).select_from(SecurityAgreement)) == 1
    security.sign(session, actor=room.proctor, now=clock.now() + timedelta(days=366))
    session.flush()
    assert session.scalar(select(func.count()).select_from(SecurityAgreement)) == 2


def test_who_has_not_signed_is_refused_before_anything_else(session: Session, clock: FrozenClock) -> None:
    """R-10."""
    room = furnish(session, now=clock.now())
    with pytest.raises(AgreementNeeded):
        security.require(session, actor=room.stranger, now=clock.now())


def teaches(session: Session, room: Room) -> None:
    session.add(OfferingInstructor(offering_id=room.offering_id, number=1, user_id=room.proctor.user_id))


def coordinates(session: Session, room: Room) -> None:
    agency_id = session.get_one(Enrollment, room.enrollment_id).agency_id
    began = session.scalars(select(Grant.effective_at).limit(1)).one()
    session.add(
        Grant(id=new_id(), user_id=room.proctor.user_id, role=Role.COORDINATOR, agency_id=agency_id, effective_at=began, recorded_at=began)
    )


@pytest.mark.parametrize(
    ("tie", "said"), [(teaches, "instructor of record of this class"), (coordinates, "hold a role in the officer's agency")]
)
def test_an_involved_proctor_is_refused_with_the_reason(session: Session, clock: FrozenClock, tie: object, said: str) -> None:
    """R-11."""
    room = furnish(session, now=clock.now())
    assert callable(tie)
    tie(session, room)
    session.flush()
    with pytest.raises(InvolvedProctor, match=said):
        room.admits(session, now=clock.now())


def test_the_pages_say_why_a_proctor_may_not_admit(exam: ExamSite) -> None:
    """R-11."""
    with exam.site.database.writing() as session:
        teaches(session, exam.room)
    proctor = exam.proctor()
    assert "Not by you: You are or were an instructor of record" in proctor.opens("/proctoring").text
    assert "Nobody whom you may admit is ready for an exam yet." in proctor.opens("/").text
    assert "You cannot proctor this officer" in proctor.opens(f"{exam.door}/admission").text
    assert proctor.sends(f"{exam.door}/admission", **CHECKED).status_code == 403
