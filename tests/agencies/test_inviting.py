"""Who is invited is also told by mail: at once, or after the second person's word; never of a link that leads nowhere."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts import granting
from lms.accounts import service as accounts
from lms.accounts.models import Invitation
from lms.accounts.permissions import Role
from lms.accounts.rules import SYSTEM
from lms.accounts.service import INVITATION_LASTS, AlreadyMade
from lms.agencies import inviting
from lms.agencies import nomination_service as nominations
from lms.agencies.inviting import Guest
from lms.agencies.nomination_rules import Outcome
from lms.agencies.sweeps import settle_invitations
from lms.kernel.clock import FrozenClock
from lms.kernel.ids import new_id
from lms.notices import queries
from lms.notices.models import Notice, NoticeWaiting
from lms.notices.rules import Kind
from lms.notices.sweeps import send_notices
from lms.web.site import Site
from tests.agencies.program import candidate, operational
from tests.support.cast import Cast, cast_of


@pytest.fixture
def cast(session: Session, clock: FrozenClock) -> Cast:
    return cast_of(session, now=clock.now())


def invite(session: Session, cast: Cast, clock: FrozenClock, role: Role = Role.OFFICER, *, form_id: uuid.UUID | None = None) -> str:
    guest = Guest("noor.haddad@example.gov", "Noor Haddad", role, cast.palmetto if role is Role.OFFICER else None)
    return inviting.invite(session, actor=cast.administrator.identity, guest=guest, form_id=form_id or new_id(), now=clock.now())


def invitation(session: Session) -> Invitation:
    return session.scalars(select(Invitation).where(Invitation.email == "noor.haddad@example.gov")).one()


def test_an_invited_officer_is_told_at_once_and_only_the_mail_holds_the_link(session: Session, cast: Cast, clock: FrozenClock) -> None:
    secret = invite(session, cast, clock)
    (outgoing,) = queries.due(session, now=clock.now(), limit=5)
    assert (outgoing.email, outgoing.path) == ("noor.haddad@example.gov", f"/invitations/{secret}")
    assert "as officer of Palmetto County Sheriff's Office" in outgoing.text.body
    assert "until Nov 29, 2026, 7:00 AM EST" in outgoing.text.body
    assert "tell Ruth Adeyemi" in outgoing.text.body
    assert secret not in outgoing.text.subject + outgoing.text.body


def test_the_form_sent_twice_tells_once(session: Session, cast: Cast, clock: FrozenClock) -> None:
    form_id = new_id()
    invite(session, cast, clock, form_id=form_id)
    with pytest.raises(AlreadyMade):
        invite(session, cast, clock, form_id=form_id)
    assert session.scalar(select(func.count()).select_from(Notice)) == 1


def test_an_approved_nominee_is_told_on_the_agencys_clock(session: Session, cast: Cast, clock: FrozenClock) -> None:
    agreement_id = operational(session, cast)
    actor = cast.program_officer.identity
    made = nominations.nominate(session, actor=cast.coordinator.identity, agreement_id=agreement_id, candidate=candidate(), now=clock.now())
    nominations.decide(session, actor=actor, nomination_id=made, outcome=Outcome.APPROVED, reason="Fit", now=clock.now())
    nominations.invite(session, actor=actor, nomination_id=made, form_id=new_id(), now=clock.now())
    body = session.scalars(select(Notice.body).where(Notice.kind == Kind.INVITATION)).one()
    assert "until Nov 29, 2026, 7:00 AM EST" in body


@pytest.mark.parametrize("second", [SYSTEM, None])
def test_staff_are_told_once_a_second_person_has_agreed(session: Session, cast: Cast, clock: FrozenClock, second: object) -> None:
    """It does not matter whether the second person agrees on the page or on the machine itself."""
    secret = invite(session, cast, clock, Role.CERTIFIER)
    assert inviting.settle_held(session, now=clock.now()) == 0
    clock.advance(timedelta(days=2))
    assert queries.due(session, now=clock.now(), limit=5) == []
    who = SYSTEM if second is SYSTEM else cast.supervisor.identity
    granting.confirm_invitation(session, actor=who, invitation_id=invitation(session).id, now=clock.now())
    session.flush()
    assert inviting.settle_held(session, now=clock.now()) == 1
    (outgoing,) = queries.due(session, now=clock.now(), limit=5)
    assert outgoing.path == f"/invitations/{secret}"
    assert "as certifier" in outgoing.text.body
    assert "12:00 PM UTC" in outgoing.text.body
    assert inviting.settle_held(session, now=clock.now()) == 0


@pytest.mark.parametrize("how", ["withdrawn", "lapsed"])
def test_a_link_that_leads_nowhere_any_more_is_forgotten_unsent(session: Session, cast: Cast, clock: FrozenClock, how: str) -> None:
    invite(session, cast, clock, Role.PROCTOR)
    if how == "withdrawn":
        accounts.withdraw_invitation(session, actor=cast.administrator.identity, invitation_id=invitation(session).id, now=clock.now())
        session.flush()
    else:
        clock.advance(INVITATION_LASTS)
    assert inviting.settle_held(session, now=clock.now()) == 1
    assert session.scalar(select(func.count()).select_from(NoticeWaiting)) == 0
    (row,), _ = queries.notices(session)
    assert row.state is queries.State.GIVEN_UP


def test_the_worker_sends_what_was_agreed_to(site: Site, clock: FrozenClock) -> None:
    with site.database.writing() as session:
        cast = cast_of(session, now=clock.now())
        invite(session, cast, clock, Role.INSTRUCTOR)
    assert (settle_invitations(site), send_notices(site)) == (0, 0)
    with site.database.writing() as session:
        granting.confirm_invitation(session, actor=SYSTEM, invitation_id=invitation(session).id, now=clock.now())
    assert (settle_invitations(site), send_notices(site), settle_invitations(site)) == (1, 1, 0)
