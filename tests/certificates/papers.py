"""The certificate that these tests draw and sign, and the authority that signs it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from lms.certificates.authority import Authority, Passphrases, create
from lms.certificates.numbers import CertificateClass, mint
from lms.certificates.pdf import Face
from lms.certificates.statement import Clear, Particulars, Salts, build

NOW = datetime(2026, 11, 22, 12, 0, 0, 123000, tzinfo=UTC)
NAME = "Delegated Authority Training"
PASSPHRASES = Passphrases(root="a root to carry away", issuing="kept by the operator", signing="known to the service")
VERIFY_URL = "https://training.example.gov/verify/q/Zk3v9QyT5mA1bX7cR0sWuQ"

NUMBER = mint(CertificateClass.FULL, bytes(range(7, 17)))
CLEAR = Clear(number=NUMBER, name="Dana Q. Whitfield-Núñez", agency="Fairview County Sheriff\N{RIGHT SINGLE QUOTATION MARK}s Office")
SALTS = Salts.drawn(bytes(range(48)))
PARTICULARS = Particulars(
    certificate_class=CertificateClass.FULL,
    series="F",
    course="wso",
    course_revision="4f2a9c1d" * 8,
    program_model="WSO",
    minutes=480,
    subjects=("basic immigration law", "civil rights law"),
    completed_on=date(2026, 11, 20),
    issued_at=NOW,
    expires_at=None,
    status_index=90210,
    paper=1,
    signer_key_id="9d96d6cc64538ff7" * 4,
    demo=False,
)
STATEMENT = build(PARTICULARS, clear=CLEAR, salts=SALTS)

FACE = Face(
    number=NUMBER,
    certificate_class=CertificateClass.FULL,
    officer=CLEAR.name,
    agency=CLEAR.agency,
    program_model="Warrant Service Officer",
    course="Warrant Service Officer Course",
    revision=PARTICULARS.course_revision,
    hours="8 hours",
    subjects=(
        "basic immigration law",
        "enforcement fundamentals and procedures",
        "civil rights law",
        "sensitivity and cultural awareness",
    ),
    completed_on=PARTICULARS.completed_on,
    issued_on=NOW.date(),
    expires_on=None,
    verify_url=VERIFY_URL,
    printed_url="https://training.example.gov/verify",
    issuer=NAME,
    certified_by="Margaret A. Holloway",
    certified_title="Certifying Official, Training Division",
    disclaimer="Not a website or document of ICE, DHS or the U.S. Government",
    notes=(),
    key_id=PARTICULARS.signer_key_id,
    specimen=False,
    statement=STATEMENT.text(),
    salts=SALTS.text(),
)


def face(**changes: Any) -> Face:
    """The usual certificate, but for what is told."""
    return replace(FACE, **changes)


def found_in(folder: Path) -> Authority:
    """A new authority in `folder`."""
    return create(folder, name=NAME, passphrases=PASSPHRASES, now=NOW)
