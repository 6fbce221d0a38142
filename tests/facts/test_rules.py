"""What may be scored."""

import pytest

from lms.facts.rules import PLACES, key_is_longest, keys_given_away, names_court, why_not_scored


@pytest.mark.parametrize(
    ("stem", "courts", "named"),
    [
        ("What did the Fourth Circuit hold?", "4th Cir.", True),
        ("What did the fourth circuit hold?", "4th Cir.", True),
        ("What did the Fifth Circuit hold?", "4th Cir.", False),
        ("In the 4th Cir., what holds?", "4th Cir.", True),
        ("What did a federal district court in Arizona hold?", "D. Ariz.; 9th Cir.", True),
        ("What did the Ninth Circuit hold?", "D. Ariz.; 9th Cir.", True),
        ("What holds in Arizona?", "D. Ariz.", False),
        ("What did the highest court of Massachusetts hold?", "Mass.", True),
        ("What did the court in the Northern District of Illinois hold?", "N.D. Ill.; D.D.C.", True),
        ("What did the federal court for the District of Columbia hold?", "D.D.C.", True),
        ("What did the D.C. Circuit hold?", "D.C. Cir.", False),
        ("What did the District of Columbia Circuit hold?", "D.C. Cir.", True),
        ("What did any court hold?", "9th Cir.", False),
    ],
)
def test_a_stem_names_the_court_or_it_does_not(stem: str, courts: str, *, named: bool) -> None:
    assert names_court(stem, courts) is named


def test_every_state_and_the_district_can_be_named() -> None:
    assert len(PLACES) == 51


def test_only_settled_facts_are_scored_and_one_courts_only_with_its_name() -> None:
    assert why_not_scored("settled", "federal", "", stem="What?") is None
    assert why_not_scored("settled", "circuit", "4th Cir.", stem="What did the Fourth Circuit hold?") is None
    assert "contested" in (why_not_scored("contested", "federal", "", stem="What?") or ("",))[0]
    assert "4th Cir." in (why_not_scored("settled", "circuit", "4th Cir.", stem="What?") or ("",))[0]


def test_a_key_given_away_by_length_is_seen_from_sixty_percent() -> None:
    assert key_is_longest("longest", ["long", "short"])
    assert not key_is_longest("equal", ["equal", "short"])
    assert not key_is_longest("alone", [])
    assert keys_given_away([True, True, True, False, False])
    assert not keys_given_away([True, True, False, False, False])
    assert not keys_given_away([True, True, True])
