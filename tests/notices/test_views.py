"""The notices' pages: those who run the program see all of them, everybody else their own."""

import pytest
from sqlalchemy import select

from lms.kernel.clock import FrozenClock
from lms.notices import service
from lms.notices.models import Notice
from lms.notices.rules import WORDINGS, Kind
from lms.notices.service import Recipient
from lms.notices.sweeps import send_notices
from lms.web.application import Application
from lms.web.site import Site
from tests.support.browser import Visitor
from tests.support.cast import Cast, Person, cast_of


@pytest.fixture
def cast(site: Site, clock: FrozenClock) -> Cast:
    with site.database.writing() as session:
        return cast_of(session, now=clock.now())


def told(site: Site, clock: FrozenClock, who: Person, kind: Kind = Kind.RESULT) -> str:
    with site.database.writing() as session:
        to = Recipient(who.name, who.email, who.user_id)
        facts = WORDINGS[kind].facts
        key = f"{kind}:{who.email}"
        service.write(session, kind=kind, key=key, to=to, facts=facts, path="/secret", now=clock.now())
        return str(session.scalars(select(Notice.id).where(Notice.key == key)).one())


def test_an_administrator_reads_what_was_sent_and_never_the_address_in_it(
    app: Application, site: Site, clock: FrozenClock, cast: Cast
) -> None:
    notice = told(site, clock, cast.officer, Kind.INVITATION)
    send_notices(site)
    visitor = Visitor(app).signs_in_as(cast.administrator)
    listed = visitor.opens("/notices").text
    assert "Dana Rivera" in listed
    assert "Sent" in listed
    shown = visitor.opens(f"/notices/{notice}").text
    assert "the link is not kept" in shown
    assert "secret" not in shown


def test_the_list_is_filtered_by_kind_and_state(app: Application, site: Site, clock: FrozenClock, cast: Cast) -> None:
    told(site, clock, cast.officer, Kind.RESULT)
    visitor = Visitor(app).signs_in_as(cast.administrator)
    assert "Your exam was scored" in visitor.opens("/notices?kind=exam result&state=waiting").text
    assert "Your exam was scored" not in visitor.opens("/notices?state=sent").text
    assert visitor.opens("/notices?state=nowhere").status_code == 422


def test_a_person_reads_their_own_notices_and_nobody_elses(app: Application, site: Site, clock: FrozenClock, cast: Cast) -> None:
    mine, others = told(site, clock, cast.officer), told(site, clock, cast.outsider)
    visitor = Visitor(app).signs_in_as(cast.officer)
    assert "Your exam was scored" in visitor.opens("/account/notices").text
    assert visitor.opens(f"/account/notices/{mine}").status_code == 200
    assert visitor.opens(f"/account/notices/{others}").status_code == 404
    assert visitor.opens("/notices").status_code == 403


def test_every_wording_can_be_read_before_it_is_sent(app: Application, cast: Cast) -> None:
    shown = Visitor(app).signs_in_as(cast.administrator).opens("/notices/wordings").text
    assert all(str(kind).capitalize() in shown for kind in Kind)
