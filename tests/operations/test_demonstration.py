"""The demonstration's staff have published code apps, and nobody else's codes are ever shown."""

from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest

from lms.accounts.factor_rules import grouped
from lms.accounts.factor_service import add_code_app
from lms.accounts.permissions import STAFF_ROLES, Role
from lms.accounts.vault import vault_in
from lms.app import create_app
from lms.db.session import Database
from lms.demo import program as demo
from lms.demo.cast import CAST
from lms.kernel.clock import FrozenClock
from lms.web.site import Site
from tests.support.browser import SECOND_STEP, Visitor
from tests.support.cast import PASSWORD, cast_of


def test_every_member_of_staff_has_a_fixed_secret_and_no_officer_has_one() -> None:
    secrets = {member.email: member.totp for member in CAST}
    assert {member.role for member in CAST if member.totp} <= STAFF_ROLES
    assert {member.role for member in CAST if not member.totp} == {Role.OFFICER}
    assert len({one for one in secrets.values() if one}) == sum(bool(member.totp) for member in CAST)
    assert all(len(pyotp.TOTP(one).now()) == 6 for one in secrets.values() if one)
    assert secrets == {member.email: member.totp for member in CAST}


def test_the_secrets_are_told_with_the_accounts() -> None:
    told = demo.told({"accounts": [], "certificates": []})
    assert [member.name for member in CAST if member.totp and grouped(member.totp) not in told] == []


@pytest.mark.parametrize("is_demo", [True, False])
def test_the_code_is_shown_on_the_page_in_a_demonstration_alone(site: Site, sqlite: Database, clock: FrozenClock, is_demo: bool) -> None:
    here = replace(site, settings=replace(site.settings, demo=is_demo))
    secret = pyotp.random_base32()
    with sqlite.writing() as session:
        cast = cast_of(session, now=clock.now())
        typed, vault = pyotp.TOTP(secret).at(clock.now()), vault_in(site.settings.data)
        add_code_app(session, actor=cast.proctor.identity, vault=vault, secret=secret, typed=typed, name="App", now=clock.now())
    visitor = Visitor(create_app(here))
    visitor.sends("/sign-in", email=cast.proctor.email, password=PASSWORD)
    page = visitor.opens(SECOND_STEP).text
    unused = pyotp.TOTP(secret).at(clock.now() + timedelta(seconds=30))
    assert (unused in page) is is_demo
    assert visitor.sends(SECOND_STEP, code=unused).status_code == 303
