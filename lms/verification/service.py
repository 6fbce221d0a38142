"""Checking: a number, with what the asker brings beside it, and an uploaded file. Nothing is written."""

import hashlib
from datetime import datetime

from sqlalchemy.orm import Session

from lms.certificates.inspection import PaperFinding, inspect
from lms.certificates.numbers import parse
from lms.certificates.signers import Trust
from lms.verification import queries, rules
from lms.verification.rules import Answer, Asked

OURS = frozenset({PaperFinding.GENUINE, PaperFinding.ALTERED})
"""Findings that mean a signature under our authority: on a file that was never stored it is not a paper of ours."""


def check_number(session: Session, *, text: str, asked: Asked, now: datetime) -> Answer:
    """What may be told about the number that `text` means. A typing slip is told before the database is asked."""
    number = parse(text)
    if not isinstance(number, str):
        return rules.typing_slip(now)
    return rules.answer(queries.by_number(session, number, now=now), number=number, asked=asked, now=now)


def check_paper(session: Session, *, content: bytes, now: datetime) -> Answer | None:
    """Everything about the certificate whose very paper `content` is; None when it is none."""
    found = queries.by_paper(session, hashlib.sha256(content).hexdigest(), now=now)
    return None if found is None else rules.answer(found, number=found.number, asked=Asked(paper=True), now=now)


def inspect_paper(content: bytes, *, trust: Trust, now: datetime) -> Answer:
    """What a file is that is not a stored paper. Slow: outside any transaction."""
    finding = inspect(content, roots=trust.roots, crls=trust.crls, now=now)
    return rules.foreign_paper(ours=finding in OURS, now=now)
