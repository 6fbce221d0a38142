"""What the letter of an authorization and a certification list say, and bringing each to its one signed and stored paper."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.rules import SYSTEM
from lms.agencies.agreement_rules import Basis
from lms.audit import service as audit
from lms.authorizations import certifying, queries
from lms.authorizations.certifying import CertificationRow, NamedRow
from lms.authorizations.models import Authorization, Certification, ProgramPaper
from lms.authorizations.queries import AuthorizationRow
from lms.certificates import queries as certificates
from lms.certificates.issuing import Press, put_away
from lms.certificates.numbers import display
from lms.certificates.plain_paper import Block, Page, bullets, draw, heading, pair
from lms.certificates.rules import PROGRAM_MODELS
from lms.certificates.signing import CannotSign

LETTER: Final = "letter"
LIST: Final = "list"
REASONS: Final = {LETTER: "Record of an authorization", LIST: "Written certification of who passed"}
BASES: Final = {
    Basis.SECTION_287G: "Under section 287(g), 8 U.S.C. 1357(g), the officer acts at the direction and under the supervision of ICE.",
    Basis.MASS_INFLUX: "Under 8 U.S.C. 1103(a)(10) the officer acts at the direction of the Service. The authority lies dormant until "
    "the agreement is activated, and only in the declared period and boundaries.",
}
WHAT_TAKES_IT_AWAY: Final = (
    "The officer may do what stands above and nothing else, in these places and in this time. Suspending, withdrawing or revoking the "
    "authorization, or suspending or ending the agreement, takes the authority away at that moment, whatever this paper says. Ask for its "
    "standing before you rely on it."
)
WHAT_IT_IS: Final = "This paper records the supervisor's own act. It is not Form 70-006, not a credential and not an identity document."
LIMITS: Final = (WHAT_TAKES_IT_AWAY, WHAT_IT_IS)


def unfinished(session: Session, *, limit: int) -> list[tuple[str, uuid.UUID]]:
    """(kind, id) of letters and lists whose paper is still to come."""
    found = []
    for kind, model in ((LETTER, Authorization), (LIST, Certification)):
        asked = select(model.id).outerjoin(ProgramPaper, ProgramPaper.object_id == model.id).where(ProgramPaper.digest.is_(None))
        found += [(kind, one) for one in session.scalars(asked.order_by(model.recorded_at, model.id).limit(limit))]
    return found[:limit]


def finish(press: Press, kind: str, object_id: uuid.UUID) -> bool:
    """Draw, sign and put away a paper, read it back, then record it as the only one. Slow: the writing comes last."""
    with press.database.reading() as session:
        page, demo = (_letter if kind == LETTER else _list)(session, object_id)
    if press.signer.specimen != demo:
        raise CannotSign("This was recorded in a demonstration and the keys are not its, or the other way round.")
    now = press.clock.now()
    digest, size = put_away(press, draw(page), reason=REASONS[kind], now=now)
    with press.database.writing() as session:
        return _record(session, kind, object_id, digest=digest, size=size, key_id=press.signer.key_id, now=now)


def _record(session: Session, kind: str, object_id: uuid.UUID, *, digest: str, size: int, key_id: str, now: datetime) -> bool:
    """The first paper to be recorded counts."""
    if session.get(ProgramPaper, object_id) is not None:
        return False
    session.add(ProgramPaper(object_id=object_id, kind=kind, digest=digest, size=size, key_id=key_id, at=now))
    audit.record(
        session,
        actor=SYSTEM,
        action="signed and stored a letter" if kind == LETTER else "signed and stored a certification list",
        object_type=queries.OBJECT_TYPE if kind == LETTER else certifying.OBJECT_TYPE,
        object_id=object_id,
        details={"paper": digest, "key": key_id},
        now=now,
    )
    return True


# --- The letter -----------------------------------------------------------------------------------------------------


def _letter(session: Session, authorization_id: uuid.UUID) -> tuple[Page, bool]:
    row = queries.by_id(session, authorization_id)
    certificate = certificates.by_id(session, row.certificate_id) if row else None
    if row is None or certificate is None:
        raise LookupError(f"There is no authorization {authorization_id}.")
    return letter_page(row, name=certificate.name), bool(row.facts["demo"])


def letter_page(row: AuthorizationRow, *, name: str) -> Page:
    """Everything on the letter."""
    facts, authority = row.facts, row.authority
    return Page(
        title=f"Record of authorization {row.number}",
        author=facts["issuer"],
        blocks=[*_whom(row, name), *_what(facts), *(Block(text, above=8) for text in (BASES[Basis(row.basis)], *LIMITS))],
        signed=f"Recorded and signed by {facts['signed_by']}, {_moment(authority.recorded_at, facts['zone'])}.",
        disclaimer=facts["disclaimer"],
        dated_on=authority.recorded_at.date(),
        stamp="SPECIMEN" if facts["demo"] else "",
    )


def _whom(row: AuthorizationRow, name: str) -> list[Block]:
    facts, told = row.facts, row.supervisor
    ends_at = row.authority.ends_at
    return [
        pair("Officer", name, above=14),
        pair("Agency", facts["agency"]),
        pair("Agreement", f"{facts['model']} ({facts['agreement']})"),
        pair("Certified", f"Certificate {facts['certificate']}; certification list {facts['certification']}"),
        pair("From", _moment(row.authority.starts_at, facts["zone"])),
        pair("Until", _moment(ends_at, facts["zone"]) if ends_at else "It is withdrawn or revoked"),
        pair("Supervising officer", f"{told.position}: {told.name}"),
        pair("Field office", told.field_office),
        pair("Reach", "; ".join(part for part in (told.phone, told.email) if part)),
    ]


def _what(facts: Any) -> list[Block]:
    return [
        heading("What the officer may do"),
        *bullets(facts["functions"]),
        heading("Where"),
        Block("; ".join(facts["places"]), above=3),
    ]


def _moment(moment: datetime, zone: str) -> str:
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local:%B} {local.day}, {local.year}, {local.hour % 12 or 12}:{local:%M} {local:%p} {local:%Z}"


def _day(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"


# --- The list -------------------------------------------------------------------------------------------------------


def _list(session: Session, certification_id: uuid.UUID) -> tuple[Page, bool]:
    row = certifying.certification(session, certification_id=certification_id)
    if row is None:
        raise LookupError(f"There is no list {certification_id}.")
    return list_page(row, certifying.entries(session, certification_id=certification_id)), bool(row.facts["demo"])


def list_page(row: CertificationRow, entries: Sequence[NamedRow]) -> Page:
    """Everything on a certification list."""
    named = [
        Block(
            f"{one.name}, {one.agency}. {PROGRAM_MODELS.get(one.model, one.model)}, completed {_day(one.completed_on)}. "
            f"Certificate {display(one.number)}",
            indent=26,
            above=3,
            label=f"{at}.",
        )
        for at, one in enumerate(entries, start=1)
    ]
    return Page(
        title=f"Certification list {row.number}",
        author=row.facts["issuer"],
        blocks=[
            Block("The official named below certifies that these officers completed the training and passed its examinations.", above=12),
            pair("Official", row.official, above=8),
            pair("Position", row.position),
            pair("Dated", _day(row.dated_on)),
            heading(f"Officers: {len(entries)}"),
            *named,
            Block("Certified is not authorized: an officer may act only within a written authorization.", above=10),
        ],
        signed=f"Recorded by {row.recorded_by} as the act of {row.official}, {row.position}.",
        disclaimer=row.facts["disclaimer"],
        dated_on=row.dated_on,
        stamp="SPECIMEN" if row.facts["demo"] else "",
    )
