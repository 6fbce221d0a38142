"""What notices say, and when one is tried again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.notices.rules import (
    DISCLAIMER,
    LINK,
    MARKS,
    PRODUCT,
    TRIES,
    WAITS,
    WORDINGS,
    Kind,
    Untold,
    example,
    filled,
    next_try,
    spoken,
    written,
)

NAMES = {"product": "Delegated Authority Training", "disclaimer": "Not a website of the U.S. Government"}
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_reads_as_a_whole_with_one_address_and_the_disclaimer(kind: Kind) -> None:
    text = filled(example(kind), link="http://x/", **NAMES)
    assert text.body.count("http://x/") == 1
    assert not set("{}⟦⟧") & set(text.subject + text.body)
    assert text.body.endswith("Delegated Authority Training. Not a website of the U.S. Government.\n")


@pytest.mark.parametrize("kind", Kind)
def test_a_notice_with_a_fact_missing_or_unknown_is_never_written(kind: Kind) -> None:
    facts = dict(WORDINGS[kind].facts)
    with pytest.raises(Untold, match="exactly these facts"):
        written(kind, facts | {"rumor": "yes"}, name="Avery Quill")
    facts.popitem()
    with pytest.raises(Untold, match="exactly these facts"):
        written(kind, facts, name="Avery Quill")


def test_no_score_and_no_authority_is_sent_by_mail() -> None:
    assert "never sent by mail" in example(Kind.RESULT).body
    assert "It gives no authority" in example(Kind.CERTIFICATE_ISSUED).body


@given(st.text())
def test_whatever_a_fact_says_stays_on_its_line_and_is_no_place_for_another(value: str) -> None:
    facts = dict(WORDINGS[Kind.RESULT].facts) | {"exam": value}
    text = written(Kind.RESULT, facts, name="Avery Quill")
    assert text.subject == "Your exam was scored: " + " ".join(value.translate(MARKS).split())
    assert len(text.subject.splitlines()) == 1
    assert [text.body.count(place) for place in (LINK, PRODUCT, DISCLAIMER)] == [1, 1, 1]


def test_moments_are_told_in_the_readers_time_zone() -> None:
    assert spoken(NOON, "America/New_York") == "Nov 22, 2026, 7:00 AM EST"
    assert spoken(NOON, "Pacific/Guam") == "Nov 22, 2026, 10:00 PM ChST"


def test_a_notice_that_fails_is_tried_again_later_and_later_and_given_up_at_last() -> None:
    assert [next_try(count, NOON) for count in range(1, TRIES)] == [NOON + wait for wait in WAITS]
    assert next_try(TRIES, NOON) is None
    assert next_try(0, None) is not None
    assert sorted(WAITS) == list(WAITS)
    assert WAITS[0] == timedelta(minutes=1)
