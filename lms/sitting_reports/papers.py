"""What the paper of a closed sitting says, and bringing it to its one signed and stored PDF."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.rules import SYSTEM
from lms.audit import service as audit
from lms.certificates.fonts import missing_glyphs, normalized
from lms.certificates.issuing import Press, put_away
from lms.certificates.plain_paper import Block, Page, draw, heading, pair
from lms.proctoring.models import SittingClosing
from lms.settings import Settings
from lms.sitting_reports.models import SittingPaper

REASON: Final = "Report of a sitting by its proctor"
Report = Mapping[str, Any]


def unfinished(session: Session, *, limit: int) -> list[uuid.UUID]:
    """Closed sittings whose paper is still to come, the longest closed first."""
    asked = select(SittingClosing.sitting_id).outerjoin(SittingPaper, SittingPaper.sitting_id == SittingClosing.sitting_id)
    return list(session.scalars(asked.where(SittingPaper.digest.is_(None)).order_by(SittingClosing.at).limit(limit)))


def finish(press: Press, settings: Settings, sitting_id: uuid.UUID) -> bool:
    """Draw, sign and put away the paper, read it back, then record it as the only one. Slow: the writing comes last."""
    with press.database.reading() as session:
        report = session.get_one(SittingClosing, sitting_id).report
    now = press.clock.now()
    digest, size = put_away(press, draw(report_page(report, settings)), reason=REASON, now=now)
    with press.database.writing() as session:
        return _record(
            session, sitting_id, SittingPaper(sitting_id=sitting_id, digest=digest, size=size, key_id=press.signer.key_id, at=now)
        )


def _record(session: Session, sitting_id: uuid.UUID, paper: SittingPaper) -> bool:
    """The first paper to be recorded counts."""
    if session.get(SittingPaper, sitting_id) is not None:
        return False
    session.add(paper)
    audit.record(
        session,
        actor=SYSTEM,
        action="signed and stored the report of a sitting",
        object_type="sitting",
        object_id=sitting_id,
        details={"paper": paper.digest, "key": paper.key_id},
        now=paper.at,
    )
    return True


# --- What it says ---------------------------------------------------------------------------------------------------


def report_page(report: Report, settings: Settings) -> Page:
    """Everything on the paper."""
    closed_at, zone = datetime.fromisoformat(report["closed_at"]), str(report["zone"])
    return Page(
        title="Report of a sitting",
        author=settings.authority_name,
        blocks=[
            *_head(report, zone),
            *_words(report),
            *_officers(report["officers"], zone),
            *_part("Incidents", [_incident(one, zone) for one in report["incidents"]]),
            *_part("Acts and messages", [_act(one, zone) for one in report["acts"]]),
            *_part("Acts by two persons", [_request(one, zone) for one in report["requests"]]),
        ],
        signed=drawable(f"Closed by {report['closed_by']}, {_moment(report['closed_at'], zone)}."),
        disclaimer=settings.disclaimer,
        dated_on=closed_at.date(),
        stamp="SPECIMEN" if settings.demo else "",
        flows=True,
    )


def _head(report: Report, zone: str) -> list[Block]:
    return [
        _pair("Exam", report["exam"], above=14),
        _pair("Class", report["class"]),
        _pair("Where", report["place"] or str(report["mode"]).capitalize()),
        _pair("Window", f"{_moment(report['opens_at'], zone)} to {_moment(report['closes_at'], zone)}"),
        _pair("Proctors", ", ".join(report["proctors"])),
        _pair("Times", f"In the zone {zone}"),
    ]


def _words(report: Report) -> list[Block]:
    return [
        heading("The proctor's statement"),
        *_paragraphs(report["statement"]),
        heading("Departures from the plan"),
        *_paragraphs(report["deviations"]),
        heading("Declared"),
        *_paragraphs(report["declaration"]),
    ]


def _officers(officers: list[Report], zone: str) -> list[Block]:
    return _part(f"Officers: {len(officers)}", [_officer(one, zone) for one in officers])


def _officer(one: Report, zone: str) -> str:
    checked = f"identity checked {_clock(one['checked_at'], zone)} ({one['document']})" if one["checked_at"] else "identity not checked"
    ran = f"began {_clock(one['began_at'], zone)}, ended {_clock(one['ended_at'], zone)}" if one["began_at"] else "did not begin"
    facts = [
        checked,
        ran,
        f"{one['place']}, {one['answered']} of {one['questions']} answered" if one["began_at"] else "",
        one["accommodation"],
        f"pauses: {one['pauses']}" if one["pauses"] else "",
        f"given {one['given']}" if one["given"] else "",
        *one["signals"],
    ]
    return f"{one['name']}, {one['agency']}: {'; '.join(fact for fact in facts if fact)}."


def _incident(one: Report, zone: str) -> str:
    ruling = f" Ruling by {one['ruled_by']}: {one['ruling']}. {one['note']}" if one["ruling"] else ""
    seen = f"{_clock(one['happened_at'], zone)}: {one['kind']}; concerns {one['whom']}. {one['what']}"
    return f"{seen} (Written down by {one['recorded_by']}.){ruling}"


def _act(one: Report, zone: str) -> str:
    told = one["told"]
    minutes = f", {told['minutes']} min" if "minutes" in told else ""
    lost = f", lost from {_clock(told['since'], zone)} to {_clock(told['until'], zone)}" if "since" in told else ""
    read = f" Read by {one['acknowledged']} of {one['count']}." if "acknowledged" in one else ""
    done = f"{_clock(one['at'], zone)}: {one['what']}{minutes}{lost}: {one['to']}."
    return f"{done} {one['reason'].capitalize()}: {one['note']} ({one['who']}){read}"


def _request(one: Report, zone: str) -> str:
    decided = f" by {one['decided_by']}" if one["decided_by"] else ""
    return f"{_clock(one['at'], zone)}: {one['asked']} for {one['whom']}, asked by {one['by']}: {one['outcome']}{decided}."


def _part(title: str, lines: list[str]) -> list[Block]:
    said = [Block(drawable(" ".join(line.split())), indent=14, above=4, label="\N{BULLET}") for line in lines]
    return [heading(title), *(said or [Block("None.", above=3)])]


def _paragraphs(text: str) -> Iterable[Block]:
    return (Block(drawable(" ".join(line.split())), above=4) for line in text.splitlines() if line.strip())


def _pair(label: str, value: str, *, above: float = 4.0) -> Block:
    return pair(label, drawable(value), above=above)


def drawable(text: str) -> str:
    """The text with each character that no typeface of the paper draws named by its code: a report is never left without its paper."""
    missing = set(missing_glyphs(text))
    return "".join(f"[U+{ord(one):04X}]" if one in missing else one for one in normalized(text))


def _clock(kept: str, zone: str) -> str:
    if not kept:
        return "never"
    local = datetime.fromisoformat(kept).astimezone(ZoneInfo(zone))
    return f"{local.hour % 12 or 12}:{local:%M:%S} {local:%p}"


def _moment(kept: str, zone: str) -> str:
    local = datetime.fromisoformat(kept).astimezone(ZoneInfo(zone))
    return f"{local:%B} {local.day}, {local.year}, {local.hour % 12 or 12}:{local:%M} {local:%p} {local:%Z}"
