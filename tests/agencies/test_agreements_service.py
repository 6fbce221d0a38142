"""Letters, agreements, moves, terms and documents as rows that stay, on both databases."""

import uuid
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from lms.agencies import agreement_queries as queries
from lms.agencies import agreement_service as service
from lms.agencies.agreement_rules import TERMS, Basis, State, Step
from lms.agencies.agreement_service import (
    LARGEST_DOCUMENT,
    AlreadyDrafted,
    NoSuchAgency,
    NoSuchAgreement,
    NotADocument,
    NotSo,
    checked_pdf,
)
from lms.agencies.models import RuleSetRevision
from lms.kernel.clock import FrozenClock
from lms.kernel.ids import new_id
from tests.agencies.program import LONG_AGO, NOON, PDF, agreement, draft_of, entries, moved, operational, rules
from tests.support.cast import Cast, cast_of

DAY = timedelta(days=1)


@pytest.fixture
def cast(session: Session, clock: FrozenClock) -> Cast:
    return cast_of(session, now=clock.now())


def letter(session: Session, cast: Cast, *models: str) -> uuid.UUID:
    sent: dict[str, Any] = {"models": models, "signed_by": " Sheriff  Ana Ortiz", "dated_on": date(2026, 1, 2)}
    return service.record_letter(session, actor=cast.program_officer.identity, agency_id=cast.palmetto, now=NOON, **sent)


def test_a_letter_of_interest_names_its_models_and_leaves_an_entry(session: Session, cast: Cast) -> None:
    made = letter(session, cast, "WSO", "JEM", "WSO")
    (row,) = queries.letters(session, identity=cast.coordinator.identity, agency_id=cast.palmetto)
    assert (row.id, row.models, row.signed_by) == (made, ["JEM", "WSO"], "Sheriff Ana Ortiz")
    assert entries(session, made) == ["recorded a letter of interest"]
    assert queries.letters(session, identity=cast.outsider_coordinator.identity, agency_id=cast.palmetto) == []


@pytest.mark.parametrize("models", [[], ["XYZ"]])
def test_a_letter_without_a_model_is_refused(session: Session, cast: Cast, models: list[str]) -> None:
    with pytest.raises(NotSo):
        letter(session, cast, *models)


def test_an_agreement_keeps_the_rules_of_its_template(session: Session, cast: Cast) -> None:
    made = agreement(session, cast, "wso-2025")
    agreement(session, cast, "wso-2025")
    found = queries.agreement(session, identity=cast.coordinator.identity, agreement_id=made)
    assert found is not None
    assert found.rule_set == rules("wso-2025")
    assert found.functions == ("arrest-warrants", "removal-warrants")
    assert session.query(RuleSetRevision).count() == 1
    assert entries(session, made) == ["drafted an agreement"]


def test_an_agreement_that_another_agency_asks_for_is_none(session: Session, cast: Cast) -> None:
    made = agreement(session, cast)
    assert queries.agreement(session, identity=cast.outsider_coordinator.identity, agreement_id=made) is None
    assert queries.agreements(session, identity=cast.outsider_coordinator.identity, agency_id=cast.palmetto, now=NOON) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"basis": Basis.MASS_INFLUX},
        {"contingency": True},
        {"functions": ()},
        {"functions": ("interview",)},
        {"rule_set_id": "tfm-1999"},
        {"effective_at": NOON + DAY},
        {"letter_id": new_id()},
    ],
)
def test_an_agreement_that_cannot_be_is_refused(session: Session, cast: Cast, changes: dict[str, Any]) -> None:
    draft = replace(draft_of("tfm-2025"), **changes)
    with pytest.raises(NotSo):
        service.draft_agreement(
            session, actor=cast.program_officer.identity, agency_id=cast.palmetto, draft=draft, form_id=new_id(), now=NOON
        )


def test_an_agreement_rests_on_a_letter_that_names_its_model(session: Session, cast: Cast) -> None:
    for_wso = letter(session, cast, "WSO")
    actor, form_id = cast.program_officer.identity, new_id()
    draft = draft_of("tfm-2025", letter_id=for_wso)
    with pytest.raises(NotSo, match="does not name TFM"):
        service.draft_agreement(session, actor=actor, agency_id=cast.palmetto, draft=draft, form_id=form_id, now=NOON)
    draft = draft_of("wso-2025", letter_id=for_wso)
    assert service.draft_agreement(session, actor=actor, agency_id=cast.palmetto, draft=draft, form_id=form_id, now=NOON)


def test_a_form_sent_twice_makes_one_agreement(session: Session, cast: Cast) -> None:
    actor, form_id, draft = cast.program_officer.identity, new_id(), draft_of("tfm-2025")
    service.draft_agreement(session, actor=actor, agency_id=cast.palmetto, draft=draft, form_id=form_id, now=NOON)
    with pytest.raises(AlreadyDrafted):
        service.draft_agreement(session, actor=actor, agency_id=cast.palmetto, draft=draft, form_id=form_id, now=NOON)
    with pytest.raises(NoSuchAgency):
        service.draft_agreement(session, actor=actor, agency_id=new_id(), draft=draft, form_id=new_id(), now=NOON)


def test_every_move_is_a_row_with_who_why_and_both_times(session: Session, cast: Cast) -> None:
    made = operational(session, cast)
    found = queries.agreement(session, identity=cast.program_officer.identity, agreement_id=made)
    assert found is not None
    assert [move.to for move in found.moves] == [State.DRAFT, State.SIGNED, State.OPERATIONAL]
    assert {(move.recorded_at, move.by) for move in found.moves} == {(NOON, "Lena Okonkwo")}
    assert found.moves[1].effective_at == LONG_AGO + DAY
    assert entries(session, made) == ["drafted an agreement", "moved an agreement", "moved an agreement"]
    (row,) = queries.agreements(session, identity=cast.coordinator.identity, agency_id=cast.palmetto, now=NOON)
    assert row.state is State.OPERATIONAL


def test_a_past_date_gets_the_same_answer_after_a_late_entry(session: Session, cast: Cast) -> None:
    made, then = operational(session, cast), NOON + 10 * DAY
    step = Step(State.SUSPENDED, NOON + DAY, "Found out late")
    service.move_agreement(session, actor=cast.program_officer.identity, agreement_id=made, step=step, now=then)
    found = queries.agreement(session, identity=cast.program_officer.identity, agreement_id=made)
    assert found is not None
    assert found.state(at=NOON + 2 * DAY, on_record=NOON + 3 * DAY) is State.OPERATIONAL
    assert found.state(at=NOON + 2 * DAY, on_record=then) is State.SUSPENDED


def test_a_move_that_cannot_be_is_refused(session: Session, cast: Cast) -> None:
    made, step = agreement(session, cast), Step(State.OPERATIONAL, NOON, "Too soon")
    with pytest.raises(NotSo, match="cannot become operational"):
        service.move_agreement(session, actor=cast.program_officer.identity, agreement_id=made, step=step, now=NOON)
    with pytest.raises(NoSuchAgreement):
        service.move_agreement(session, actor=cast.program_officer.identity, agreement_id=new_id(), step=step, now=NOON)


def test_a_mass_influx_agreement_is_signed_when_all_fifteen_terms_are_found(session: Session, cast: Cast) -> None:
    made, actor = agreement(session, cast, "influx-2003"), cast.program_officer.identity
    some = {term: f"Section {term}" for term in TERMS if term != "ix"}
    assert service.record_terms(session, actor=actor, agreement_id=made, places=some, now=NOON) == 14
    session.flush()
    with pytest.raises(NotSo, match="Not found yet: ix"):
        moved(session, cast, made, State.SIGNED)
    assert service.record_terms(session, actor=actor, agreement_id=made, places=some | {"ix": "Section 9", "i": ""}, now=NOON) == 2
    assert service.record_terms(session, actor=actor, agreement_id=made, places={"i": " Section 1 "}, now=NOON) == 1
    assert service.record_terms(session, actor=actor, agreement_id=made, places={"i": "Section 1"}, now=NOON) == 0
    moved(session, cast, made, State.SIGNED)
    assert entries(session, made).count("recorded terms of an agreement") == 3


def test_an_agreement_under_section_287g_has_no_such_terms(session: Session, cast: Cast) -> None:
    with pytest.raises(NotSo):
        service.record_terms(session, actor=cast.program_officer.identity, agreement_id=agreement(session, cast), places={}, now=NOON)
    with pytest.raises(NoSuchAgreement):
        service.record_terms(session, actor=cast.program_officer.identity, agreement_id=new_id(), places={}, now=NOON)


def test_a_document_is_seen_by_its_agency_alone(session: Session, cast: Cast) -> None:
    made, actor = agreement(session, cast), cast.program_officer.identity
    document = service.add_document(session, actor=actor, agreement_id=made, title="Agreement", digest="d" * 64, size=9, now=NOON)
    session.flush()
    assert [row.title for row in queries.documents(session, agreement_id=made)] == ["Agreement"]
    assert queries.document_digest(session, identity=cast.coordinator.identity, document_id=document) == "d" * 64
    assert queries.document_digest(session, identity=cast.outsider_coordinator.identity, document_id=document) is None
    assert "added a document to an agreement" in entries(session, made)
    with pytest.raises(NoSuchAgreement):
        service.add_document(session, actor=actor, agreement_id=new_id(), title="x", digest="d", size=1, now=NOON)


@pytest.mark.parametrize("content", [b"", b"<html>", b"%PDF-1.7 cut off", PDF + b"x" * LARGEST_DOCUMENT])
def test_only_whole_pdf_files_of_some_size_are_kept(content: bytes) -> None:
    with pytest.raises(NotADocument):
        checked_pdf(content)
    assert checked_pdf(PDF) == PDF
