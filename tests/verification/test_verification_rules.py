"""The rules of verification: what is told grows with what the asker already holds, and a wrong code is told like nothing at all."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.certificates.rules import Fact, Life, Suspended
from lms.verification.rules import (
    MEANINGS,
    Answer,
    Asked,
    FullClaims,
    PublicClaims,
    Record,
    Word,
    answer,
    foreign_paper,
    is_same_name,
    typing_slip,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
BEFORE = NOW - timedelta(days=1)
FACT = Fact(BEFORE, BEFORE)
PUBLIC = PublicClaims("full", "Warrant Service Officer", "Palmetto County Sheriff's Office", date(2026, 11, 20))
FULL = FullClaims(
    name="Ana Núñez-Rivera",
    course="Program course",
    course_revision="c" * 64,
    minutes=480,
    subjects=("immigration law",),
    completed_on=date(2026, 11, 20),
    expires_at=None,
    certified_by="Carol Whitfield",
    certified_title="Certifying official",
    issuer="Delegated Authority Training",
    notes=(),
    signing_key="a" * 64,
    paper="b" * 64,
    revoked_at=None,
    revoked_because="",
    superseded_at=None,
)
RECORD = Record("F123", specimen=False, life=Life(BEFORE - timedelta(days=1)), public=PUBLIC, full=FULL, token="the code")


def told(asked: Asked, record: Record | None = RECORD) -> Answer:
    return answer(record, number="F123", asked=asked, now=NOW)


def test_a_number_alone_gives_the_least() -> None:
    """R-30."""
    found = told(Asked())
    assert (found.word, found.public, found.full, found.name_matches) == (Word.VALID, PUBLIC, None, None)
    assert found.is_found
    assert "Rivera" not in repr(found)


@pytest.mark.parametrize(("name", "matches"), [("ana nunez rivera", True), ("RIVERA, Ana Núñez", True), ("Ana Nunez", False), ("?", False)])
def test_a_name_is_confirmed_or_not_and_never_told(name: str, matches: bool) -> None:
    """R-30."""
    found = told(Asked(name=name))
    assert found.name_matches is matches
    assert found.full is None


@pytest.mark.parametrize("asked", [Asked(token="the code"), Asked(paper=True)])
def test_the_code_or_the_paper_gives_every_claim(asked: Asked) -> None:
    assert told(asked).full == FULL


def test_a_wrong_code_is_answered_like_an_unknown_number() -> None:
    """R-30."""
    assert told(Asked(token="another code")) == told(Asked(token="another code"), None) == told(Asked(), None)
    assert told(Asked(token="ünknown")).word is Word.NOT_FOUND
    assert not told(Asked(), None).is_found


@pytest.mark.parametrize(
    ("life", "word"),
    [
        (replace(RECORD.life, revoked=FACT), Word.REVOKED),
        (replace(RECORD.life, superseded=FACT), Word.SUPERSEDED),
        (replace(RECORD.life, expires_at=BEFORE), Word.EXPIRED),
        (replace(RECORD.life, suspensions=(Suspended(FACT),)), Word.SUSPENDED),
        (Life(NOW + timedelta(seconds=1)), Word.VALID),
    ],
)
def test_every_standing_has_its_word(life: Life, word: Word) -> None:
    found = told(Asked(), replace(RECORD, life=life))
    assert found.word is word
    assert found.meaning == MEANINGS[word]


def test_what_is_no_paper_of_ours_says_so() -> None:
    assert foreign_paper(ours=True, now=NOW).word is Word.ALTERED
    assert foreign_paper(ours=False, now=NOW).word is Word.NOT_OURS
    assert typing_slip(NOW).word is Word.TYPING_SLIP
    assert set(MEANINGS) == set(Word)


@given(st.text(max_size=60))
def test_a_name_is_the_same_as_itself(name: str) -> None:
    assert is_same_name(name, name.upper()) or name.upper().casefold() != name.casefold()
    assert is_same_name(name, f"  {name} ")
