"""The acts about certification lists, authorizations, complaints and questions, each a valid call by the one whose act it is."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lms.authorizations import complaint_service
from lms.authorizations import service as authorizations
from lms.authorizations.complaint_rules import Report, Source
from lms.authorizations.models import NoticeDue, PropertyReceipt, RefresherRequirement
from lms.authorizations.rules import MoveKind
from lms.certificates import service as certificates
from lms.certificates.models import Certificate
from lms.certificates.rules import RevocationReason
from lms.kernel.ids import new_id
from tests.audit.stage import Act, Scene, Stage
from tests.authorizations.authority import Office, office
from tests.support.browser import Visitor
from tests.support.routes import COMPLAINT, FORM_ID, LETTER

Named = dict[str, object]
Making = Callable[[Session, Office, Stage], Named]
SUPERVISED = "/authorizations/{authorization}"
LISTED = {"official": "Dana Whitcomb", "position": "Director", "dated_on": "2026-11-22", "form_id": FORM_ID}
COMPLAINED = COMPLAINT | {"form_id": FORM_ID, "on": "2026-11-22", "at": "07:00"}


def acts(who: str, path: str, make: Making, *, template: str = "wso-2025", **fields: object) -> Scene:
    """A call whose address and fields name what `make` puts into the database."""

    def scene(stage: Stage) -> Act:
        found: dict[str, object] = {}

        def prepare(session: Session) -> Office:
            there = office(session, template, now=stage.clock.now())
            found.update(make(session, there, stage))
            return there

        there = stage.made(prepare)
        filled = {name: value.format(**found) if isinstance(value, str) else value for name, value in fields.items()}
        return Act(Visitor(stage.app).signs_in_as(getattr(there.made.cast, who)), path.format(**found), filled)

    return scene


def certificate(session: Session, there: Office, stage: Stage) -> Named:
    number = there.certificate(session, there.made.cast.officer, now=stage.clock.now())
    return {"certificate": session.scalars(select(Certificate.id).where(Certificate.number == number)).one()}


def revoked(session: Session, there: Office, stage: Stage) -> Named:
    now = stage.clock.now()
    number = there.certificate(session, there.made.cast.officer, now=now)
    made = there.lists(session, number, now=now)
    actor, reason = there.made.certifier.identity, RevocationReason.RECORD
    certificates.revoke(session, actor=actor, number=number, reason=reason, note="Reported", now=now)
    return {"list": made, "number": number}


def certified(session: Session, there: Office, stage: Stage) -> Named:
    number = there.certified(session, there.made.cast.officer, now=stage.clock.now())
    return {"number": number, "own_agreement_id": there.agreement_id}


def authorized(session: Session, there: Office, stage: Stage) -> Named:
    """An authorization with a notice to give, something handed out and training owed."""
    now = stage.clock.now()
    made = there.authorized(session, now=now)
    handed = {"kind": "Credential", "serial": "C-1", "issued_on": now.date()}
    authorizations.hand_out(session, actor=there.made.cast.supervisor.identity, authorization_id=made, now=now, **handed)  # type: ignore[arg-type] # each of its own type
    there.moves(session, made, MoveKind.WITHDRAWAL, now=now, effective_at=now + timedelta(days=9))
    return {
        "authorization": made,
        "agency": there.made.cast.palmetto,
        "notice": session.scalars(select(NoticeDue.id)).first(),
        "receipt": session.scalars(select(PropertyReceipt.id)).one(),
        "requirement": session.scalars(select(RefresherRequirement.id)).first(),
    }


def complained(session: Session, there: Office, stage: Stage) -> Named:
    now = stage.clock.now()
    made = there.authorized(session, now=now)
    actor, told = there.made.cast.supervisor.identity, Report(now, Source.ICE, "Rude", may_bring_discipline=False)
    complaint = complaint_service.report(session, actor=actor, authorization_id=made, told=told, form_id=new_id(), now=now)
    return {"complaint": complaint, "notice": session.scalars(select(NoticeDue.id)).one()}


class ByProgram(Act):
    """A call that sends JSON."""

    def does(self) -> TestResponse:
        """Make it."""
        return self.visitor.sends_json(self.path, self.fields)


def asks_by_program(stage: Stage) -> Act:
    asked = acts("verifier", "/api/v1/standing-questions", certified, certificate="{number}", function="arrest-warrants", place="45")(stage)
    return ByProgram(asked.visitor, asked.path, asked.fields)


def suspended(stage: Stage) -> Act:
    return acts("supervisor", f"{SUPERVISED}/moves", authorized, kind="suspension", reason="decision of ICE", note="For a week")(stage)


AUTHORITY: dict[str, tuple[Scene, tuple[str, ...]]] = {
    "certifications.certify": (
        acts("certifier", "/certifications", certificate, certificates="{certificate}", **LISTED),
        ("named who passed",),
    ),
    "certifications.strike": (
        acts("certifier", "/certifications/{list}/entries/{number}/striking", revoked, reason="Revoked"),
        ("struck an entry of a certification",),
    ),
    "authorizations.authorize": (
        acts("supervisor", "/certificates/{number}/authorizations", certified, form_id=FORM_ID, **LETTER),
        ("authorized an officer",),
    ),
    "authorizations.move": (suspended, ("moved an authorization",)),
    "authorizations.give_notice": (
        acts(
            "supervisor",
            f"{SUPERVISED}/notices",
            authorized,
            template="tfm-2025",
            **{"notice-notice": "{notice}", "notice-note": "By mail"},
        ),
        ("gave a notice",),
    ),
    "authorizations.hand_out": (
        acts(
            "supervisor",
            f"{SUPERVISED}/receipts",
            authorized,
            **{"receipt-kind": "Badge", "receipt-serial": "B-2", "receipt-issued_on": "2026-11-22"},
        ),
        ("handed out property",),
    ),
    "authorizations.take_back": (
        acts("supervisor", f"{SUPERVISED}/returns", authorized, **{"return-receipt": "{receipt}", "return-returned_on": "2026-11-22"}),
        ("took property back",),
    ),
    "authorizations.demand": (
        acts(
            "supervisor",
            f"{SUPERVISED}/refreshers",
            authorized,
            **{
                "refresher-kind": "training that ICE asks for beside the plan",
                "refresher-title": "Detainers",
                "refresher-due_on": "2026-12-01",
            },
        ),
        ("asked for a refresher",),
    ),
    "authorizations.settle": (
        acts(
            "supervisor",
            f"{SUPERVISED}/settlements",
            authorized,
            **{"settlement-requirement": "{requirement}", "settlement-outcome": "completed", "settlement-on": "2026-11-22"},
        ),
        ("settled a refresher",),
    ),
    "own_authorization.acknowledge": (
        acts("officer", f"{SUPERVISED}/acknowledgment", authorized),
        ("acknowledged an authorization",),
    ),
    "complaints.report": (
        acts("supervisor", f"{SUPERVISED}/complaints", authorized, template="tfm-2025", may_bring_discipline="y", **COMPLAINED),
        ("moved an authorization", "recorded a complaint"),
    ),
    "complaints.report_own": (
        acts("coordinator", "/agencies/{agency}/complaints", authorized, officer="{authorization}", **COMPLAINED),
        ("recorded a complaint",),
    ),
    "complaints.give_notice": (
        acts("program_officer", "/complaints/{complaint}/notices", complained, **{"notice-notice": "{notice}", "notice-note": "By phone"}),
        ("gave a notice",),
    ),
    "complaints.resolve": (
        acts(
            "program_officer",
            "/complaints/{complaint}/resolution",
            complained,
            **{"resolution-outcome": "unfounded", "resolution-on": "2026-11-22", "resolution-note": "Seen on video"},
        ),
        ("resolved a complaint",),
    ),
    "answers.ask": (
        acts("verifier", "/standing-questions", certified, number="{number}", function="arrest-warrants", state="SC", on="2026-11-22"),
        ("asked whether an officer was authorized",),
    ),
    "answers.ask_by_program": (
        asks_by_program,
        ("asked whether an officer was authorized",),
    ),
}
"""Endpoint: how it is called rightly, and the entries that this leaves. A complaint that may bring discipline also suspends (R-21)."""
