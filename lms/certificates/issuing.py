"""From a reserved number to a stored paper, one recorded step after the other; whatever stops in between is taken up again.

Drawing, signing and storing happen outside any transaction. Each step reads what is recorded and adds at most one row.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from lms.certificates import queries, service
from lms.certificates.numbers import CertificateClass
from lms.certificates.pdf import Face, draw
from lms.certificates.queries import CertificateRow
from lms.certificates.rules import PROGRAM_MODELS, Stage, duration
from lms.certificates.signing import CannotSign, Signer
from lms.certificates.statement import Clear, Particulars, Salts, build
from lms.db.blobs import BlobStore
from lms.db.session import Database
from lms.kernel.clock import Clock
from lms.kernel.errors import Conflict

T = TypeVar("T")


class SecretsGone(Conflict):
    """Name and salts were disposed of before the paper was drawn: it can never be."""


class WrongPaper(RuntimeError):
    """What was read back is not what was signed."""


@dataclass(frozen=True, slots=True)
class Press:
    """What making papers takes."""

    database: Database
    blobs: BlobStore
    signer: Signer
    clock: Clock


def finish_each(waiting: Sequence[T], finish: Callable[[T], bool], *, what: str) -> int:
    """Finish each paper that waits, and say how many that were. One that cannot be finished does not hold up the others."""
    done, failures = 0, []
    for one in waiting:
        try:
            done += finish(one)
        except Exception as failure:  # noqa: BLE001 - raised below, after the others had their turn
            failures.append(failure)
    if failures:
        raise ExceptionGroup(f"{len(failures)} of {len(waiting)} {what} could not be finished", failures)
    return done


def put_away(press: Press, drawn: bytes, *, reason: str, now: datetime) -> tuple[str, int]:
    """Sign a drawn paper, put it away and read it back: its digest and its size. Raises WrongPaper."""
    paper = press.signer.sign(drawn, now=now, reason=reason)
    digest = press.blobs.put(paper)
    if press.blobs.read(digest) != paper:
        raise WrongPaper(f"The paper {digest} is not what was signed.")
    return digest, len(paper)


def finish(press: Press, certificate_id: uuid.UUID) -> bool:
    """Take a certificate through the steps that are left. Whether it is stored now."""
    for step in (state, sign, store):
        step(press, certificate_id)
    return _read(press, certificate_id).is_stored


def state(press: Press, certificate_id: uuid.UUID) -> None:
    """Record the statement under the key that is going to sign, unless the paper is signed already."""
    found = _read(press, certificate_id)
    if found.seal is not None:
        return
    _refuse_other_kind(press.signer, found)
    text = statement(found, key_id=press.signer.key_id)
    with press.database.writing() as session:
        service.record_statement(session, certificate_id=found.id, key_id=press.signer.key_id, text=text, now=press.clock.now())


def sign(press: Press, certificate_id: uuid.UUID) -> None:
    """Draw, sign and put away the paper, then record it as the only one. Needs the statement under the signer's key."""
    found = _read(press, certificate_id)
    key_id, now = press.signer.key_id, press.clock.now()
    with press.database.reading() as session:
        stated = queries.statement_of(session, certificate_id=certificate_id, key_id=key_id)
    if found.seal is not None or stated is None:
        return
    paper = press.signer.sign(draw(face(found, key_id=key_id, stated=stated.text)), now=now)
    digest = press.blobs.put(paper)
    with press.database.writing() as session:
        service.record_seal(session, certificate_id=found.id, digest=digest, size=len(paper), key_id=key_id, now=now)


def store(press: Press, certificate_id: uuid.UUID) -> None:
    """Read the paper back, and record that it is what was signed. Raises WrongPaper, or what the store raises for a damaged one."""
    found = _read(press, certificate_id)
    if found.stage is not Stage.SIGNED or found.seal is None:
        return
    paper = press.blobs.read(found.seal.digest)
    if len(paper) != found.seal.size:
        raise WrongPaper(f"The paper {found.seal.digest} is not as long as the one that was signed.")
    with press.database.writing() as session:
        service.record_storing(session, certificate_id=found.id, now=press.clock.now())


def statement(found: CertificateRow, *, key_id: str) -> str:
    """What a certificate states: the same text each time it is asked for."""
    facts = found.facts
    particulars = Particulars(
        certificate_class=CertificateClass(found.certificate_class),
        series=found.series,
        course=facts["course"]["id"],
        course_revision=found.course_hash,
        program_model=facts["program_model"],
        minutes=facts["minutes"],
        subjects=tuple(facts["subjects"]),
        completed_on=found.completed_on,
        issued_at=found.reserved_at,
        expires_at=found.life.expires_at,
        status_index=found.status_index,
        paper=facts["paper"],
        signer_key_id=key_id,
        demo=facts["demo"],
        acknowledgments=tuple(facts["acknowledgments"]),
    )
    clear = Clear(number=found.number, name=found.name, agency=facts["agency"])
    return build(particulars, clear=clear, salts=_salts(found)).text()


def face(found: CertificateRow, *, key_id: str, stated: str) -> Face:
    """Everything on the paper."""
    facts = found.facts
    return Face(
        number=found.number,
        certificate_class=found.certificate_class,
        officer=found.name,
        agency=facts["agency"],
        program_model=PROGRAM_MODELS.get(facts["program_model"], facts["program_model"]),
        course=facts["course"]["title"],
        revision=found.course_hash,
        hours=duration(facts["minutes"]),
        subjects=tuple(facts["subjects"]),
        completed_on=found.completed_on,
        issued_on=found.issued_on,
        expires_on=_last_day(found),
        verify_url=f"{facts['printed_url']}/{found.number}?t={found.token}",
        printed_url=facts["printed_url"],
        issuer=facts["issuer"],
        certified_by=found.certified_by,
        certified_title=facts["certified_title"],
        disclaimer=facts["disclaimer"],
        notes=tuple(facts["notes"]),
        key_id=key_id,
        specimen=facts["demo"],
        statement=stated,
        salts=_salts(found).text(),
    )


def _last_day(found: CertificateRow) -> date | None:
    """The last day on which it holds, where its declaration counts days; else the day of its end."""
    if found.facts.get("good_until"):
        return date.fromisoformat(found.facts["good_until"])
    return None if found.life.expires_at is None else found.life.expires_at.date()


def _salts(found: CertificateRow) -> Salts:
    if found.salts is None:
        raise SecretsGone(f"Name and salts of the certificate {found.id} were disposed of: its paper cannot be drawn.")
    return found.salts


def _read(press: Press, certificate_id: uuid.UUID) -> CertificateRow:
    with press.database.reading() as session:
        found = queries.by_id(session, certificate_id)
    if found is None:
        raise service.NoSuchCertificate("There is no such certificate.")
    return found


def _refuse_other_kind(signer: Signer, found: CertificateRow) -> None:
    """A demonstration's keys sign specimens, and real keys sign real papers."""
    if signer.specimen != found.facts["demo"]:
        raise CannotSign("This certificate was issued in a demonstration and the keys are not its, or the other way round.")
