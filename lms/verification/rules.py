"""What a verifier is told, by what the verifier already knows. Pure.

A number alone gives the least (standing, class, model, agency, date of issue); a number and a name whether they belong together;
the code on the paper, or the paper itself, gives everything that is printed on it.
"""

import hmac
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from lms.accounts.rules import normalized_name
from lms.certificates.rules import Life, Status, validity


class Word(StrEnum):
    """The one big word of an answer."""

    VALID = "valid"
    SUSPENDED = "suspended"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"
    EXPIRED = "expired"
    DRILL = "drill"
    NOT_FOUND = "not found"
    TYPING_SLIP = "typing slip"
    ALTERED = "altered"
    NOT_OURS = "not ours"


MEANINGS: Final = {
    Word.VALID: "This certificate was issued here and is valid now.",
    Word.SUSPENDED: "This certificate was issued here, but must not be relied on until its suspension ends.",
    Word.SUPERSEDED: "This certificate was replaced by a corrected one. Ask for that one: it has a standing of its own.",
    Word.REVOKED: "This certificate was issued here and later revoked for good. It no longer attests anything.",
    Word.EXPIRED: "This certificate was issued here and has expired.",
    Word.DRILL: "This was made in a drill. It was never valid and attests nothing.",
    Word.NOT_FOUND: "Nothing here answers to what you entered. Compare it with the paper, character by character.",
    Word.TYPING_SLIP: "No certificate has a number like that: a character is wrong, missing or out of place. Type it again.",
    Word.ALTERED: "This file carries our signature, but it is not the paper that we issued. Do not rely on it.",
    Word.NOT_OURS: "This file was not signed by this installation. Do not rely on it.",
}
CERTIFIES: Final = "While it is valid, it certifies that the officer completed the training named and passed its examination."
LESS: Final = {
    "abbreviated": "Abbreviated training under a declaration of a mass influx.",
    "waived": "Training waived under a declaration of a mass influx.",
}
"""What is said before everything else of a certificate that is not the full one."""
CERTIFIES_LESS: Final = {
    "abbreviated": "While it is valid, it certifies abbreviated training under a declaration of a mass influx: part of the course was "
    "shortened or waived and stays owed. It is no certificate of the whole course.",
    "waived": "It certifies no training: all of it was waived under a declaration of a mass influx and stays owed. While it is valid, it "
    "says only that policies and standards were acknowledged.",
    "drill": "It certifies nothing: it was made in a drill.",
}
"""What a certificate of another class than the full one certifies (R-24)."""
DOES_NOT_CERTIFY: Final = (
    "It confers no immigration authority: certified is not authorized. An officer may act only within ICE's written authorization."
)
CERTIFIED: Final = "The certificate is valid, and a written certification of ICE names its holder."
NOT_CERTIFIED: Final = "The certificate is not valid now, or no written certification of ICE names its holder."
IN_FORCE: Final = (
    "An authorization that rests on this training is in force. What it allows and where is told to who holds the paper, and to ICE."
)
NOT_IN_FORCE: Final = "No authorization that rests on this training is in force: the holder may not act on it now."
UNKNOWN: Final = "Nothing answers to what was entered, so nothing can be said of an authorization."


@dataclass(frozen=True, slots=True)
class Letter:
    """One authorization: where it stands, what it allows, where and until when."""

    number: str
    standing: str
    since: datetime
    functions: tuple[str, ...]
    places: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime | None
    supervisor: str
    field_office: str


@dataclass(frozen=True, slots=True)
class Authorized:
    """The two answers besides the certificate's own, each of the moment of asking (R-15)."""

    certified: bool
    in_force: bool
    letters: tuple[Letter, ...]


NOBODY: Final = Authorized(certified=False, in_force=False, letters=())


@dataclass(frozen=True, slots=True)
class PublicClaims:
    """What a number alone gives (R-30)."""

    certificate_class: str
    program_model: str
    agency: str
    issued_on: date


@dataclass(frozen=True, slots=True)
class FullClaims:
    """Everything that is printed on the paper, for who holds it; and what became of it."""

    name: str
    course: str
    course_revision: str
    minutes: int
    subjects: tuple[str, ...]
    completed_on: date
    expires_at: datetime | None
    certified_by: str
    certified_title: str
    issuer: str
    notes: tuple[str, ...]
    signing_key: str
    paper: str
    revoked_at: datetime | None
    revoked_because: str
    superseded_at: datetime | None


@dataclass(frozen=True, slots=True)
class Record:
    """All that is known of a delivered certificate."""

    number: str
    specimen: bool
    life: Life
    public: PublicClaims
    full: FullClaims
    token: str
    authorized: Authorized = NOBODY


@dataclass(frozen=True, slots=True)
class Asked:
    """What the verifier brings beside the number. Empty text is nothing. `paper`: the very bytes that were stored.

    `may_read`: the verifier is signed in and may ask about authorizations.
    """

    name: str = ""
    token: str = ""
    paper: bool = False
    may_read: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. `name_matches` is None when no name was brought; `number` when there is none to speak of.

    `letters` are told to who holds the paper and to who may read them; whether one is in force to everybody with the number (R-30).
    """

    word: Word
    checked_at: datetime
    number: str | None = None
    specimen: bool = False
    public: PublicClaims | None = None
    full: FullClaims | None = None
    name_matches: bool | None = None
    certified: bool | None = None
    in_force: bool | None = None
    letters: tuple[Letter, ...] | None = None

    @property
    def certification(self) -> str:
        """Whether the holder is certified, in a sentence."""
        return CERTIFIED if self.certified else NOT_CERTIFIED

    @property
    def authorization(self) -> str:
        """Whether the holder is authorized, in a sentence."""
        if self.in_force is None:
            return UNKNOWN
        return IN_FORCE if self.in_force else NOT_IN_FORCE

    @property
    def meaning(self) -> str:
        """The word in a sentence; of less than the full course it says that first of all (R-24)."""
        less = LESS.get(self.public.certificate_class, "") if self.public else ""
        return f"{less} {MEANINGS[self.word]}".strip()

    @property
    def certifies(self) -> str:
        """What a certificate of its class certifies."""
        return CERTIFIES_LESS.get(self.public.certificate_class, CERTIFIES) if self.public else CERTIFIES

    @property
    def is_found(self) -> bool:
        """Whether it speaks of a certificate."""
        return self.public is not None


def answer(record: Record | None, *, number: str | None, asked: Asked, now: datetime) -> Answer:
    """What to tell about `record` (None: there is none that may be told of). A wrong code is answered like an unknown number."""
    wrong_code = record is not None and bool(asked.token) and not hmac.compare_digest(record.token.encode(), asked.token.encode())
    if record is None or wrong_code:
        return Answer(Word.NOT_FOUND, now, number)
    holds_paper = asked.paper or bool(asked.token)
    status = validity(record.life, at=max(now, record.life.issued_at)) or Status.VALID
    return Answer(
        word=Word(status),
        checked_at=now,
        number=record.number,
        specimen=record.specimen,
        public=record.public,
        full=record.full if holds_paper else None,
        name_matches=is_same_name(record.full.name, asked.name) if asked.name else None,
        certified=record.authorized.certified,
        in_force=record.authorized.in_force,
        letters=record.authorized.letters if holds_paper or asked.may_read else None,
    )


def typing_slip(now: datetime) -> Answer:
    """The answer to what cannot be a number. It says nothing about any certificate."""
    return Answer(Word.TYPING_SLIP, now)


def foreign_paper(*, ours: bool, now: datetime) -> Answer:
    """The answer to a file that is not a stored paper. `ours`: it carries a signature made under our authority."""
    return Answer(Word.ALTERED if ours else Word.NOT_OURS, now)


def is_same_name(printed: str, typed: str) -> bool:
    """Whether two names are the same but for case, accents, punctuation and the order of their parts."""
    return sorted(normalized_name(printed).split()) == sorted(normalized_name(typed).split())
