"""The acts about agreements and nominations, each a valid call by the one whose act it is."""

import io
import uuid
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.agencies import nomination_service as nominations
from lms.agencies.models import NominationBatch
from tests.agencies import program as paperwork
from tests.audit.stage import Act, Scene, Stage

AGREED = "/agreements/{agreement}"
NOMINATED = "/nominations/{nomination}"
AGENCY = "/agencies/{agency}"
NOMINEE = {
    "name": "Bo Lee",
    "email": "bo.lee@example.gov",
    "sworn_on": "2020-03-01",
    "test_us_citizen": "yes",
    "consent_by": "Sheriff Ana Ortiz",
    "consent_on": "2026-11-01",
}
NOMINEES = "name,email,sworn_on,consent_by,consent_on,us-citizen\nBo Lee,bo.lee@example.gov,2020-03-01,Sheriff,2026-11-01,yes\n"
AN_AGREEMENT = {"rule_set": "wso-2025", "component": "ICE", "functions": ["arrest-warrants"], "dated_on": "2026-11-20"}


def keeps(who: str, path: str, **fields: object) -> Scene:
    """Something kept about an agency's agreements and nominations. `path` names the agency, an agreement or a nomination."""

    def scene(stage: Stage) -> Act:
        visitor, cast = stage.visitor(who)

        def make(session: Session) -> dict[str, object]:
            under = paperwork.operational(session, cast)
            made = nominations.nominate(
                session, actor=cast.coordinator.identity, agreement_id=under, candidate=paperwork.candidate(), now=stage.clock.now()
            )
            influx = paperwork.agreement(session, cast, "influx-2003")
            return {"agency": cast.palmetto, "agreement": under, "nomination": made, "influx": influx}

        return Act(visitor, path.format(**stage.made(make)), fields)

    return scene


def uploads(who: str, path: str, *, title: str) -> Scene:
    """A document put to an agreement or a nomination."""

    def scene(stage: Stage) -> Act:
        act = keeps(who, path, title=title)(stage)
        return replace(act, fields=act.fields | {"document": (io.BytesIO(paperwork.PDF), "paper.pdf")})

    return scene


drafts_an_agreement = keeps("program_officer", f"{AGENCY}/agreements", form_id=str(uuid.UUID(int=7)), **AN_AGREEMENT)
takes_in_a_file = keeps("coordinator", f"{AGREED}/nomination-files", text=NOMINEES)
approves = keeps("program_officer", f"{NOMINATED}/decision", outcome="approved", reason="Fit")


def takes_back_a_file(stage: Stage) -> Act:
    act = takes_in_a_file(stage)
    act.does()
    (batch,) = stage.made(lambda session: list(session.scalars(select(NominationBatch.id))))
    return Act(act.visitor, f"/nomination-files/{batch}/withdrawal", {})


def invites_a_nominee(stage: Stage) -> Act:
    act = approves(stage)
    act.does()
    return replace(act, path=act.path.replace("decision", "invitation"), fields={"form_id": str(uuid.UUID(int=7))})


PAPERWORK: dict[str, tuple[Scene, tuple[str, ...]]] = {
    "agreements.record_letter": (
        keeps("program_officer", f"{AGENCY}/letters-of-interest", models=["TFM"], signed_by="Sheriff Ana Ortiz", dated_on="2026-11-02"),
        ("recorded a letter of interest",),
    ),
    "agreements.draft_agreement": (drafts_an_agreement, ("drafted an agreement",)),
    "agreements.move_agreement": (
        keeps("program_officer", f"{AGREED}/moves", to="suspended", on="2026-11-21", reason="For a month"),
        ("moved an agreement",),
    ),
    "agreements.record_terms": (
        keeps("program_officer", "/agreements/{influx}/terms", **{"term-v": "Section 4", "term-vi": "Section 5"}),
        ("recorded terms of an agreement",),
    ),
    "agreements.add_document": (
        uploads("program_officer", f"{AGREED}/documents", title="Signed agreement"),
        ("added a document to an agreement",),
    ),
    "nominations.nominate": (keeps("coordinator", f"{AGREED}/nominations", **NOMINEE), ("nominated an officer",)),
    "nominations.take_in": (takes_in_a_file, ("nominated an officer",)),
    "nominations.withdraw_file": (takes_back_a_file, ("withdrew a nomination",)),
    "nominations.withdraw": (keeps("coordinator", f"{NOMINATED}/withdrawal", **{"w-reason": "Left"}), ("withdrew a nomination",)),
    "nominations.screen": (
        keeps("program_officer", f"{NOMINATED}/screenings", test="background", result="met", note=""),
        ("screened a nominee",),
    ),
    "nominations.decide": (approves, ("approved a nomination",)),
    "nominations.add_evidence": (
        uploads("coordinator", f"{NOMINATED}/documents", title="Consent"),
        ("added evidence to a nomination",),
    ),
    "nominations.invite": (invites_a_nominee, ("invited a person",)),
}
"""Endpoint: how it is called rightly, and the entries that this leaves."""
