"""Making the bundle of an attempt, and recording that somebody took it out."""

import io
import uuid
import zipfile
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from lms.accounts.rules import Identity
from lms.audit import service as audit
from lms.certificates.signing import Signer
from lms.evidence import queries, rules
from lms.evidence.queries import Record
from lms.kernel.canonical import canonical
from lms.kernel.errors import Invalid
from lms.questions import security

STAMP = (1980, 1, 1, 0, 0, 0)
"""The moment of every file in the archive: the manifest says when it was made."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A signed bundle, and the SHA-256 of the manifest that was signed."""

    content: bytes
    digest: str


def evidence_json(found: Record, *, with_key: bool, made_by: str, now: datetime) -> bytes:
    """The whole record as canonical JSON; without the key, nothing in it tells which choice is right."""
    questions = list(found.questions) if with_key else rules.without_key(found.questions)
    data = found.data if with_key else found.data | {"marks": rules.without_rubric(found.data["marks"])}
    said = {"format": rules.FORMAT, "made_at": queries.told(now), "made_by": made_by, "holds_key": with_key}
    return canonical({**said, **data, "questions": questions, "people": dict(found.people)}).encode()


def bundle(files: dict[str, bytes], *, attempt_id: uuid.UUID, signer: Signer, root: bytes, now: datetime) -> Bundle:
    """One ZIP file of the files, their manifest, and the installation's signature of that."""
    files = {**files, rules.README: rules.HOW_TO_VERIFY.encode()}
    listed = rules.manifest(files, attempt=str(attempt_id), made_at=queries.told(now))
    beside = {rules.MANIFEST: listed, rules.SIGNATURE: signer.attest(listed, now=now), rules.ROOT: root}
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as packed:
        for name, content in {**files, **beside}.items():
            packed.writestr(zipfile.ZipInfo(name, STAMP), content, zipfile.ZIP_DEFLATED)
    return Bundle(written.getvalue(), sha256(listed).hexdigest())


def record_of(session: Session, *, actor: Identity, attempt_id: uuid.UUID, now: datetime) -> Record:
    """Everything recorded of an attempt, for who has signed the test-security agreement (R-10)."""
    queries.head(session, attempt_id=attempt_id)
    security.require(session, actor=actor, now=now)
    return queries.record(session, attempt_id=attempt_id)


def note_taken_out(
    session: Session, *, actor: Identity, attempt_id: uuid.UUID, digest: str, with_key: bool, reason: str, now: datetime
) -> None:
    """Record that somebody took the evidence of an attempt out, and why."""
    if not reason.strip():
        raise Invalid("Say what the evidence is for: the record keeps it.")
    audit.record(
        session,
        actor=actor,
        action="took out the evidence of an exam",
        object_type=queries.OBJECT,
        object_id=attempt_id,
        agency_id=queries.head(session, attempt_id=attempt_id).agency_id,
        reason=reason.strip(),
        details={"manifest": digest, "key": with_key},
        now=now,
    )
