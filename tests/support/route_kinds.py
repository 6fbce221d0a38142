"""What the table of routes says of one route."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Scope(StrEnum):
    """Whose things a route serves to those whose role lets them call it."""

    NONE = "it names no thing of anybody"
    PROGRAM = "the whole program's: both agencies' alike"
    OFFICER = "an officer's own only"
    AGENCY = "an agency's: its coordinator's own, every one for those who manage agencies"
    CERTIFICATE = "a certificate: its officer's, that agency's coordinator's, and every one for certifiers"
    PAPER = "a signed paper: its officer's, and every one for certifiers"
    LETTER = "a letter: its officer's, that agency's coordinator's, and every one for those who may ask about authorizations"
    OUTCOME = "what came out of an exam: its officer's and that agency's coordinator's"
    APPEAL = "an appeal: its officer's, that agency's coordinator's, and every one for who rules on exams"
    TURN = "a written answer that one has opened to mark it"
    SESSION = "one of one's own sessions"
    FACTOR = "one of one's own second factors"
    LINK = "whoever holds the secret link"
    OFFERED = "whoever holds the secret link and is not signed in as somebody else"


@dataclass(frozen=True, slots=True)
class Route:
    """One route. `named` says which thing stands in for a part of the address; `sent` makes the form from the things of a side."""

    scope: Scope
    sent: Mapping[str, str] = field(default_factory=dict)
    named: Mapping[str, str] = field(default_factory=dict)
    writes_on_reading: bool = False
    as_json: bool = False


def form(**fields: str) -> dict[str, str]:
    """The fields of a form, or the things that parts of an address name."""
    return fields
