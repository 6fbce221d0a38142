"""The acts about factors, roles and accounts, each a valid call by the one whose act it is."""

import uuid
from typing import Any

import pyotp
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts import closing, granting
from lms.accounts import service as accounts
from lms.accounts.models import Factor, GrantProposal, Invitation
from lms.accounts.permissions import Role
from lms.accounts.rules import SYSTEM
from tests.audit.stage import Act, Scene, Stage
from tests.support.browser import Visitor
from tests.support.cast import PASSWORD, Cast, person
from tests.support.passkey import SoftPasskey


def half_way(stage: Stage) -> tuple[Visitor, Cast]:
    """A member of staff whose password was right, and who has proved no factor yet."""
    cast, visitor = stage.cast(), Visitor(stage.app)
    visitor.sends("/sign-in", email=cast.proctor.email, password=PASSWORD)
    return visitor, cast


def proves_the_second_step(stage: Stage) -> Act:
    visitor, cast = half_way(stage)
    return Act(visitor, "/sign-in/second-step", {"answer": visitor.passkey_answer(cast.proctor)})


def proves_anew(stage: Stage) -> Act:
    visitor, cast = stage.visitor("proctor")
    return Act(visitor, "/sign-in/second-step", {"answer": visitor.passkey_answer(cast.proctor)})


def adds_a_code_app(stage: Stage) -> Act:
    visitor, _ = stage.visitor("proctor")
    visitor.opens("/account/code-apps/new")
    secret = next(one.said() for one in visitor.page.all("span") if "data-secret" in one.attributes).replace("-", "")
    code = pyotp.TOTP(secret).at(stage.clock.now())
    return Act(visitor, "/account/code-apps", {"name": "My phone", "code": code, "sealed": visitor.page.hidden("sealed")})


def adds_a_passkey(stage: Stage) -> Act:
    visitor, _ = stage.visitor("proctor")
    question = visitor.sends_json("/account/passkeys/question", {}).get_json()
    return Act(visitor, "/account/passkeys", {"name": "Key", "answer": SoftPasskey(b"another").creates(question, visitor.party)})


def removes_a_factor(stage: Stage) -> Act:
    act = adds_a_passkey(stage)
    act.does()
    found = stage.made(lambda session: session.scalars(select(Factor.id).where(Factor.name == "Key")).one())
    return Act(act.visitor, f"/account/factors/{found}/removal", {})


def renews_recovery_codes(stage: Stage) -> Act:
    return Act(stage.visitor("proctor")[0], "/account/recovery-codes", {})


def does_to_the_proctor(path: str, **fields: object) -> Scene:
    """Something that an administrator does to somebody else's account."""

    def scene(stage: Stage) -> Act:
        visitor, cast = stage.visitor("administrator")
        return Act(visitor, path.format(cast.proctor.user_id), dict(fields))

    return scene


def enables(stage: Stage) -> Act:
    visitor, cast = stage.visitor("administrator")
    whom: dict[str, Any] = {"user_id": cast.proctor.user_id, "reason": "Away"}
    stage.made(lambda session: closing.disable(session, actor=SYSTEM, now=stage.clock.now(), **whom))
    return Act(visitor, f"/people/{cast.proctor.user_id}/enabling", {})


def decides_on_a_proposal(what: str) -> Scene:
    """Somebody else has proposed a role for the proctor."""

    def scene(stage: Stage) -> Act:
        visitor, cast = stage.visitor("administrator")

        def make(session: Session) -> uuid.UUID:
            deputy = person(session, name="Noah Pike", role=Role.ADMINISTRATOR, now=stage.clock.now())
            sent: dict[str, Any] = {"user_id": cast.proctor.user_id, "role": Role.INSTRUCTOR, "agency_id": None, "form_id": uuid.uuid4()}
            granting.propose(session, actor=deputy.identity, now=stage.clock.now(), **sent)
            return session.scalars(select(GrantProposal.id)).one()

        return Act(visitor, f"/people/proposals/{stage.made(make)}/{what}", {})

    return scene


def confirms_an_invitation(stage: Stage) -> Act:
    visitor, _ = stage.visitor("administrator")

    def make(session: Session) -> uuid.UUID:
        deputy = person(session, name="Noah Pike", role=Role.ADMINISTRATOR, now=stage.clock.now())
        sent: dict[str, Any] = {"email": "jo@example.gov", "name": "Jo", "role": Role.PROCTOR, "agency_id": None}
        accounts.invite(session, actor=deputy.identity, now=stage.clock.now(), **sent)
        return session.scalars(select(Invitation.id).where(Invitation.email == "jo@example.gov")).one()

    return Act(visitor, f"/people/invitations/{stage.made(make)}/confirmation", {})


PEOPLE: dict[str, tuple[Scene, tuple[str, ...]]] = {
    "second_step.prove": (proves_the_second_step, ("signed in",)),
    "factors.add_code_app": (adds_a_code_app, ("set up a second factor",)),
    "factors.add_passkey": (adds_a_passkey, ("set up a second factor",)),
    "factors.remove": (removes_a_factor, ("removed a second factor",)),
    "factors.renew_recovery_codes": (renews_recovery_codes, ("made recovery codes",)),
    "people.reset_factors": (
        does_to_the_proctor("/people/{}/factor-reset", reason="Lost the phone"),
        ("reset the second factors of a person",),
    ),
    "people.disable": (does_to_the_proctor("/people/{}/disabling", reason="Away"), ("disabled an account",)),
    "people.enable": (enables, ("enabled an account",)),
    "roles.propose": (
        does_to_the_proctor("/people/{}/roles", role="instructor", agency="", form_id=str(uuid.UUID(int=7))),
        ("proposed a role",),
    ),
    "roles.confirm": (decides_on_a_proposal("confirmation"), ("confirmed a role",)),
    "roles.decline": (decides_on_a_proposal("declination"), ("declined a role",)),
    "roles.confirm_invitation": (confirms_an_invitation, ("confirmed an invitation",)),
}
"""Endpoint: how it is called rightly, and the entries that this leaves."""
