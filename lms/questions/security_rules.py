"""The test-security agreement: what is promised, and how long a signature counts (R-10). Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lms.kernel.canonical import content_hash

EDITION: Final = "2026-11"
"""Another wording is another edition, which everybody signs anew."""
PROMISES: Final = (
    "I see exam questions and admit officers only as far as my work asks for it.",
    "I do not copy, photograph, write down or pass on any question, choice or answer, in whole or in part, to anyone.",
    "I do not teach to particular questions, and I do not tell an officer what an exam will ask.",
    "I check identity in person, treat every officer alike, and help nobody with an answer.",
    "I do not proctor an exam of my own, of a class that I teach, or of an officer of the agency that I belong to.",
    "I report at once anything that may have made a question known, or an exam unfair.",
    "I know that what I open is recorded, and that breaking this agreement may void exams and end my role.",
)
TEXT_HASH: Final = content_hash({"edition": EDITION, "promises": list(PROMISES)})


@dataclass(frozen=True, slots=True)
class Signature:
    """A signing of the agreement."""

    edition: str
    at: datetime

    @property
    def expires_at(self) -> datetime:
        """A year later, to the moment; one of February 29 ends on the 28th."""
        day = 28 if (self.at.month, self.at.day) == (2, 29) else self.at.day
        return self.at.replace(year=self.at.year + 1, day=day)


def counts(signature: Signature | None, *, now: datetime) -> bool:
    """Whether exam content may be shown to whoever signed so: the edition of today, less than a year ago (R-10)."""
    return signature is not None and signature.edition == EDITION and signature.at <= now < signature.expires_at
