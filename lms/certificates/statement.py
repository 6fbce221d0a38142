"""What a certificate states, as canonical JSON that may be published: personal values appear only as salted commitments."""

import hashlib
import hmac
import json
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final, Self

from lms.certificates.numbers import CertificateClass
from lms.kernel.canonical import canonical

SCHEMA: Final = 1
"""Version of the shape described by `Statement.text`."""
SALT_BYTES: Final = 16
"""Length of each salt."""
ENTROPY: Final = 3 * SALT_BYTES
"""Bytes of randomness in a set of salts."""


@dataclass(frozen=True, slots=True)
class Clear:
    """The values behind the commitments: the canonical number, the officer's name and the agency as printed."""

    number: str
    name: str
    agency: str


@dataclass(frozen=True, slots=True)
class Salts:
    """One salt for each clear value, 32 hexadecimal digits each. Who holds salt and value can open the commitment."""

    number: str
    name: str
    agency: str

    @classmethod
    def drawn(cls, entropy: bytes) -> Self:
        """Salts from 48 random bytes. Raises ValueError for another amount."""
        if len(entropy) != ENTROPY:
            message = f"Salts take {ENTROPY} bytes of entropy, not {len(entropy)}."
            raise ValueError(message)
        first, second, third = (entropy[at : at + SALT_BYTES].hex() for at in range(0, ENTROPY, SALT_BYTES))
        return cls(number=first, name=second, agency=third)

    def text(self) -> str:
        """Canonical JSON: `{"agency", "name", "number"}`."""
        return canonical({"agency": self.agency, "name": self.name, "number": self.number})

    @classmethod
    def read(cls, text: str) -> Self:
        """The salts in `text`. Raises ValueError when it is not what `text()` writes."""
        fields = _object(text)
        try:
            return cls(**{key: str(value) for key, value in fields.items()})
        except TypeError as wrong:
            raise ValueError("These are not the salts of a certificate.") from wrong


@dataclass(frozen=True, slots=True)
class Particulars:
    """What is certified, nothing of it personal."""

    certificate_class: CertificateClass
    series: str
    """The register the number was taken from."""
    course: str
    """Permanent id of the course."""
    course_revision: str
    """Content hash of the revision the class was pinned to."""
    program_model: str
    minutes: int
    """Time of training credited, in minutes: hours that are not whole stay exact."""
    subjects: tuple[str, ...]
    """Subjects covered, as printed (28 CFR 65.84(a)(3)(iv))."""
    completed_on: date
    issued_at: datetime
    expires_at: datetime | None
    status_index: int
    """Position in the status list; random, so that it tells nothing about the number."""
    paper: int
    """Version of the layout the paper is drawn with."""
    signer_key_id: str
    demo: bool
    acknowledgments: tuple[str, ...] = ()
    """What was acknowledged when it was issued, such as an exam drawn on a public question bank; or training waived."""


@dataclass(frozen=True, slots=True)
class Statement:
    """Commitments to number, name and agency, with the particulars."""

    number: str
    name: str
    agency: str
    particulars: Particulars

    def text(self) -> str:
        """Canonical JSON (RFC 8785). Instants are UTC with milliseconds, days are ISO 8601."""
        told = self.particulars
        return canonical(
            {
                "schema": SCHEMA,
                "commitments": {"number": self.number, "name": self.name, "agency": self.agency},
                "class": told.certificate_class.value,
                "series": told.series,
                "course": {"id": told.course, "revision": told.course_revision},
                "program_model": told.program_model,
                "minutes": told.minutes,
                "subjects": told.subjects,
                "completed_on": told.completed_on.isoformat(),
                "issued_at": _instant(told.issued_at),
                "expires_at": told.expires_at and _instant(told.expires_at),
                "status_index": told.status_index,
                "paper": told.paper,
                "signer_key_id": told.signer_key_id,
                "demo": told.demo,
                "acknowledgments": told.acknowledgments,
            },
        )

    @classmethod
    def read(cls, text: str) -> Self:
        """The statement in `text`. Raises ValueError when reading and writing it again gives another text."""
        fields = _object(text)
        try:
            statement = cls(**fields["commitments"], particulars=_particulars(fields))
        except (KeyError, TypeError, ValueError, AttributeError) as wrong:
            raise ValueError("This is not the statement of a certificate.") from wrong
        if statement.text() != text:
            raise ValueError("This statement is not in its canonical form.")
        return statement


def build(particulars: Particulars, *, clear: Clear, salts: Salts) -> Statement:
    """The statement of `particulars` about `clear`, each clear value hidden under its salt."""
    return Statement(
        number=commitment(clear.number, label="number", salt=salts.number),
        name=commitment(clear.name, label="name", salt=salts.name),
        agency=commitment(clear.agency, label="agency", salt=salts.agency),
        particulars=particulars,
    )


def commitment(value: str, *, label: str, salt: str) -> str:
    r"""SHA-256 in hex of the salt's hexadecimal digits, a zero byte, the label, a zero byte and the value in NFC as UTF-8.

    Reproducible at a shell: `printf '%s\0%s\0%s' "$salt" "$label" "$value" | sha256sum`.
    """
    hidden = f"{salt}\0{label}\0{unicodedata.normalize('NFC', value)}"
    return hashlib.sha256(hidden.encode()).hexdigest()


def opens(statement: Statement, *, salts: Salts, clear: Clear) -> bool:
    """Whether `clear` is what the statement was made about."""
    remade = build(statement.particulars, clear=clear, salts=salts)
    pairs = ((statement.number, remade.number), (statement.name, remade.name), (statement.agency, remade.agency))
    return all(hmac.compare_digest(stated, made) for stated, made in pairs)


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _particulars(fields: dict[str, Any]) -> Particulars:
    return Particulars(
        certificate_class=CertificateClass(fields["class"]),
        series=fields["series"],
        course=fields["course"]["id"],
        course_revision=fields["course"]["revision"],
        program_model=fields["program_model"],
        minutes=fields["minutes"],
        subjects=tuple(fields["subjects"]),
        completed_on=date.fromisoformat(fields["completed_on"]),
        issued_at=datetime.fromisoformat(fields["issued_at"]),
        expires_at=_moment(fields["expires_at"]),
        status_index=fields["status_index"],
        paper=fields["paper"],
        signer_key_id=fields["signer_key_id"],
        demo=fields["demo"],
        acknowledgments=tuple(fields["acknowledgments"]),
    )


def _object(text: str) -> dict[str, Any]:
    """The JSON object in `text`. Raises ValueError for anything else."""
    try:
        return dict(**json.loads(text))
    except (ValueError, TypeError, RecursionError) as wrong:
        raise ValueError("This is not a JSON object.") from wrong
