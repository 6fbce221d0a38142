"""The evidence of an attempt as plain data: what the officer did in words, which files a bundle has, and how it is verified. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from lms.exams import responses
from lms.exams.rules import Entry, Kind, response_in
from lms.kernel.canonical import canonical
from lms.proctoring import timeline_rules
from lms.proctoring.timeline_rules import Setting
from lms.questions.items import ItemType

FORMAT: Final = "exam-evidence/1"
RECORD, READING, README, MANIFEST, SIGNATURE, ROOT = (
    "evidence.json",
    "evidence.html",
    "README.txt",
    "manifest.json",
    "manifest.json.p7s",
    "root.pem",
)
HOW_TO_VERIFY: Final = f"""Evidence of one exam

{READING} is for reading. {RECORD} holds everything it says and more, as canonical JSON (RFC 8785).
{MANIFEST} names every file with its SHA-256. {SIGNATURE} is a signature of {MANIFEST} by the key that signs
certificates, with a time stamp (CMS, RFC 5652, in DER).

To verify, with OpenSSL and coreutils:

  openssl cms -verify -binary -inform DER -in {SIGNATURE} -content {MANIFEST} -CAfile {ROOT} -out /dev/null
  sha256sum {RECORD} {READING} {README}

and compare the sums with {MANIFEST}. {ROOT} is the root of the installation: compare it with one that you have
from elsewhere, such as from a certificate of training.

Each step in {RECORD} holds the hash of the one before and its own: SHA-256 over the hash before, a line feed, and
the canonical JSON of actor, at, kind, number and payload.
"""
"""What README.txt in a bundle says."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened in an attempt, in words. `position` is the question, where it is about one."""

    number: int
    at: datetime
    what: str
    who: str
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """One answer that was stored: what was chosen, in words, and when."""

    revision: int
    at: datetime
    words: str
    flagged: bool
    late: bool


def timeline(
    entries: Sequence[Entry], *, questions: Mapping[int, Mapping[str, Any]], people: Mapping[str, str], setting: Setting
) -> list[Moment]:
    """What happened, step by step, in words that need no explanation."""
    found = []
    for entry in entries:
        who, reason = people.get(entry.actor, "the system"), timeline_rules.reason_of(entry)
        if entry.kind in {Kind.ANSWERED, Kind.CONFLICTED}:
            found.append(_given(entry, questions, who))
        else:
            what = timeline_rules.what(entries, entry, setting)
            found.append(Moment(entry.number, entry.at, f"{what}{f' ({reason})' if reason else ''}", who))
    return found


def _given(entry: Entry, questions: Mapping[int, Mapping[str, Any]], who: str) -> Moment:
    position = int(str(entry.payload["position"]))
    words = in_words(questions.get(position, {}), response_in(entry.payload))
    kept = "" if entry.kind is Kind.ANSWERED else ", from a page that was out of date: not stored as the answer"
    return Moment(entry.number, entry.at, f"Question {position}: {words}{kept}", who, position)


def in_words(question: Mapping[str, Any], response: object) -> str:
    """What was answered, by the text that was shown."""
    words = responses.in_words(question, response)
    return words if response is None else f"“{words}”"


def answers(entries: Iterable[Entry], *, questions: Mapping[int, Mapping[str, Any]]) -> dict[int, list[Given]]:
    """Every answer that was stored, by question, in order."""
    found: dict[int, list[Given]] = {position: [] for position in questions}
    for entry in entries:
        if entry.kind is Kind.ANSWERED:
            said = entry.payload
            position = int(str(said["position"]))
            words = in_words(questions.get(position, {}), response_in(said))
            given = Given(int(str(said["revision"])), entry.at, words, bool(said["flagged"]), bool(said.get("late")))
            found.setdefault(position, []).append(given)
    return found


def without_key(questions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The questions as they may be handed on: nothing tells which choice is right."""
    return [{name: value for name, value in question.items() if name not in KEY} for question in questions]


def without_rubric(marks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The marks of written answers as they may be handed on: what each criterion earned, and why, tells what was looked for."""
    return [{name: value for name, value in mark.items() if name not in RUBRIC} for mark in marks]


def right_in_words(question: Mapping[str, Any]) -> str:
    """What was right in a question when its paper was drawn, in words. `question`: as the record with the key holds it."""
    key = question["key"]
    match ItemType(question["type"]):
        case ItemType.NUMERIC:
            return f"{key['value']}, within {key['tolerance']}"
        case ItemType.SHORT:
            return " or ".join(f"“{one}”" for one in key["accepted"])
        case ItemType.WRITTEN:
            return "by its rubric: " + ", ".join(f"{name} {points}" for name, points in key["rubric"].items())
        case _:
            return in_words(question["shown"], key)


KEY: Final = ("key", "corrected_key", "counts", "scored")
RUBRIC: Final = ("by_criterion", "comment")


def manifest(files: Mapping[str, bytes], *, attempt: str, made_at: str) -> bytes:
    """The canonical list of the files of a bundle by their SHA-256: what is signed."""
    sums = {name: sha256(content).hexdigest() for name, content in files.items()}
    return canonical({"attempt": attempt, "files": sums, "format": FORMAT, "made_at": made_at}).encode()
