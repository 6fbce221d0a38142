"""What makes a scored question defensible: a settled fact, its court named where only one court holds it. Pure."""

import re
from collections.abc import Sequence

ORDINALS = {
    "1st": "First",
    "2d": "Second",
    "3d": "Third",
    "4th": "Fourth",
    "5th": "Fifth",
    "6th": "Sixth",
    "7th": "Seventh",
    "8th": "Eighth",
    "9th": "Ninth",
    "10th": "Tenth",
    "11th": "Eleventh",
    "D.C.": "District of Columbia",
    "Fed.": "Federal",
}
STATES = (
    "Ala.=Alabama|Alaska=Alaska|Ariz.=Arizona|Ark.=Arkansas|Cal.=California|Colo.=Colorado|Conn.=Connecticut|Del.=Delaware|"
    "D.C.=District of Columbia|Fla.=Florida|Ga.=Georgia|Haw.=Hawaii|Idaho=Idaho|Ill.=Illinois|Ind.=Indiana|Iowa=Iowa|Kan.=Kansas|"
    "Ky.=Kentucky|La.=Louisiana|Me.=Maine|Md.=Maryland|Mass.=Massachusetts|Mich.=Michigan|Minn.=Minnesota|Miss.=Mississippi|"
    "Mo.=Missouri|Mont.=Montana|Neb.=Nebraska|Nev.=Nevada|N.H.=New Hampshire|N.J.=New Jersey|N.M.=New Mexico|N.Y.=New York|"
    "N.C.=North Carolina|N.D.=North Dakota|Ohio=Ohio|Okla.=Oklahoma|Or.=Oregon|Pa.=Pennsylvania|R.I.=Rhode Island|"
    "S.C.=South Carolina|S.D.=South Dakota|Tenn.=Tennessee|Tex.=Texas|Utah=Utah|Vt.=Vermont|Va.=Virginia|Wash.=Washington|"
    "W. Va.=West Virginia|Wis.=Wisconsin|Wyo.=Wyoming"
)
PLACES = dict(pair.split("=") for pair in STATES.split("|"))
CIRCUIT = re.compile(r"(\S+) Cir\.")
DISTRICT = re.compile(r"(?:[NSEWCM]\.)? ?D\. ?(.+)")
A_COURT = re.compile(r"\b(?:court|courts|circuit|district|judge)\b", re.IGNORECASE)
LONGEST_SHARE_FROM = 4
"""In a file with fewer questions, lengths are no pattern."""


def names_court(text: str, courts: str) -> bool:
    """Whether `text` names one of `courts`, which are written as citations write them ("4th Cir.; D. Ariz.")."""
    return any(_names_one(text, court.strip()) for court in courts.split(";"))


def _names_one(text: str, court: str) -> bool:
    if court in text:
        return True
    circuit = CIRCUIT.fullmatch(court)
    if circuit:
        return f"{ORDINALS.get(circuit[1], circuit[1])} circuit".casefold() in text.casefold()
    district = None if court in PLACES else DISTRICT.fullmatch(court)
    abbreviation = district[1] if district else court
    place = PLACES.get(abbreviation, abbreviation)
    return place.casefold() in text.casefold() and A_COURT.search(text) is not None


def why_not_scored(status: str, jurisdiction: str, court: str, *, stem: str) -> tuple[str, str] | None:
    """Why a question with `stem` may not rest on such a fact, and what to do; None when it may."""
    if status != "settled":
        return f"rests on a {status} fact", "rest it on a settled fact, or teach the point without scoring it"
    if jurisdiction != "federal" and not names_court(stem, court):
        return f"rests on a holding of {court} without naming the court", "name the court in the question, or rest it on a federal fact"
    return None


def is_retired(status: str | None) -> bool:
    """Whether a question may no longer be drawn: its fact stands in the register as anything but settled, or not at all (R-32)."""
    return status != "settled"


def key_is_longest(correct: str, others: Sequence[str]) -> bool:
    """Whether the correct choice is longer than every other: a reader who knows nothing could pick it."""
    return bool(others) and len(correct) > max(len(other) for other in others)


def keys_given_away(longest: Sequence[bool]) -> bool:
    """Whether the correct choice is the longest in 60 percent or more of a file's questions."""
    return len(longest) >= LONGEST_SHARE_FROM and sum(longest) * 10 >= len(longest) * 6
