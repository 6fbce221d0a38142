"""Statements: canonical, without personal values, opened only by the right salts and values."""

import hashlib
import json
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.certificates.statement import SCHEMA, Clear, Salts, Statement, build, commitment, opens
from tests.certificates.papers import CLEAR, PARTICULARS, SALTS, STATEMENT

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
clears = st.builds(Clear, number=texts, name=texts, agency=texts)
salts = st.builds(Salts.drawn, st.binary(min_size=48, max_size=48))


def test_no_personal_value_is_in_the_text() -> None:
    text = STATEMENT.text()
    assert not any(value in text for value in (CLEAR.number, CLEAR.name, "Whitfield", CLEAR.agency, "Fairview"))
    assert json.loads(text)["schema"] == SCHEMA


def test_the_text_is_canonical_and_is_read_back() -> None:
    text = STATEMENT.text()
    assert text == json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert Statement.read(text) == STATEMENT


def test_an_expiry_is_kept() -> None:
    waived = replace(STATEMENT, particulars=replace(PARTICULARS, expires_at=datetime(2027, 1, 1, tzinfo=UTC)))
    assert '"expires_at":"2027-01-01T00:00:00.000Z"' in waived.text()
    assert Statement.read(waived.text()) == waived


def test_instants_are_stated_in_utc() -> None:
    east = timezone(timedelta(hours=2))
    shifted = replace(STATEMENT, particulars=replace(PARTICULARS, issued_at=PARTICULARS.issued_at.astimezone(east)))
    assert shifted.text() == STATEMENT.text()


@given(clears, salts)
def test_a_statement_opens_with_its_own_values(clear: Clear, drawn: Salts) -> None:
    assert opens(build(PARTICULARS, clear=clear, salts=drawn), salts=drawn, clear=clear)


@given(clears, clears, salts)
def test_a_statement_opens_with_no_other_values(clear: Clear, other: Clear, drawn: Salts) -> None:
    same = all(
        unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", another)
        for one, another in ((clear.number, other.number), (clear.name, other.name), (clear.agency, other.agency))
    )
    assert opens(build(PARTICULARS, clear=clear, salts=drawn), salts=drawn, clear=other) == same


def test_a_statement_opens_with_no_other_salts() -> None:
    assert not opens(STATEMENT, salts=Salts.drawn(bytes(48)), clear=CLEAR)


def test_a_name_opens_however_its_accents_are_encoded() -> None:
    decomposed = replace(CLEAR, name=unicodedata.normalize("NFD", CLEAR.name))
    assert decomposed != CLEAR
    assert opens(STATEMENT, salts=SALTS, clear=decomposed)


def test_a_commitment_can_be_made_by_hand() -> None:
    made = hashlib.sha256(SALTS.name.encode() + b"\0name\0" + CLEAR.name.encode()).hexdigest()
    assert commitment(CLEAR.name, label="name", salt=SALTS.name) == made == STATEMENT.name


def test_equal_values_under_other_labels_give_other_commitments() -> None:
    assert commitment("x", label="name", salt=SALTS.name) != commitment("x", label="agency", salt=SALTS.name)


def test_salts_are_read_back() -> None:
    assert Salts.read(SALTS.text()) == SALTS
    assert len({SALTS.number, SALTS.name, SALTS.agency}) == 3


@pytest.mark.parametrize("text", ["", "[]", "{", "7", '{"name":"a"}', '{"a":1,"a":2}', "[" * 100_000])
def test_what_is_not_a_statement_or_salts_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="This is"):
        Statement.read(text)
    with pytest.raises(ValueError, match=r"This is|These are"):
        Salts.read(text)


def test_a_statement_in_another_form_is_refused() -> None:
    with pytest.raises(ValueError, match="canonical"):
        Statement.read(json.dumps(json.loads(STATEMENT.text()), indent=1))


def test_salts_take_48_bytes() -> None:
    with pytest.raises(ValueError, match="48 bytes"):
        Salts.drawn(bytes(47))
