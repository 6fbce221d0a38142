"""What each notice says, and when one that could not be sent is tried again. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo


class Kind(StrEnum):
    """What a notice is about."""

    INVITATION = "invitation"
    NOMINATION_DECIDED = "nomination decided"
    CLASS_STARTS = "class starts"
    EXAM_SCHEDULED = "exam scheduled"
    EXAM_CANCELLED = "exam cancelled"
    RESULT = "exam result"
    RESCORED = "exam scored again"
    RULING = "challenge or appeal"
    CERTIFICATE_ISSUED = "certificate issued"
    AUTHORIZED = "authorization given"
    EXPIRING = "authorization ends soon"
    REFRESHER_DUE = "refresher due"
    DECLARATION_ACTIVATED = "declaration activated"
    REVOKED = "revoked or suspended"
    PRACTICAL_ALARM = "practical exercise failed by many"


LINK, PRODUCT, DISCLAIMER = "⟦link⟧", "⟦product⟧", "⟦disclaimer⟧"
"""Places that are filled when a notice is sent. The address is kept nowhere afterwards: an invitation's is a secret."""
MARKS: Final = str.maketrans("", "", "⟦⟧")
HIDDEN_LINK: Final = "(the link is not kept)"
WAITS: Final = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=8))
"""How long after each failure a notice is tried again. After the last one it is given up, and its page says so."""
TRIES: Final = len(WAITS) + 1


@dataclass(frozen=True, slots=True)
class Wording:
    """The text of a kind of notice; `facts` are its places, with an example for the preview."""

    subject: str
    body: str
    facts: Mapping[str, str]


WORDINGS: Final[Mapping[Kind, Wording]] = {
    Kind.INVITATION: Wording(
        "Your invitation to {product}",
        "You are invited to {product} as {role}.\n\n"
        "Open this link to take up the invitation. It works once, until {until}:\n\n{link}\n\n"
        "If you did not expect this, do not open the link, and tell {inviter}.",
        {"role": "officer of Palmetto County Sheriff's Office", "until": "Nov 29, 2026, 9:00 AM EST", "inviter": "Morgan Achebe"},
    ),
    Kind.NOMINATION_DECIDED: Wording(
        "Nomination {outcome}: {officer}",
        "The nomination of {officer} for {model} training was {outcome} on {when}.\n\nReason: {reason}\n\n"
        "The conditions, and what would change each of them, are here:\n\n{link}",
        {
            "outcome": "approved",
            "officer": "Avery Quill",
            "model": "Warrant Service Officer",
            "when": "Nov 22, 2026, 9:00 AM EST",
            "reason": "Every condition of training is met.",
        },
    ),
    Kind.CLASS_STARTS: Wording(
        "Your class starts on {day}: {title}",
        "{title} runs from {day} to {last_day}.\n\nWhere: {place}. Times are {zone}.\n\n"
        "Your timetable and your lessons are here:\n\n{link}",
        {
            "title": "Warrant Service Officer, winter class",
            "day": "December 1, 2026",
            "last_day": "December 12, 2026",
            "place": "online",
            "zone": "Eastern time",
        },
    ),
    Kind.EXAM_SCHEDULED: Wording(
        "Exam {what}: {exam}",
        "{exam} is {what}: from {when} until {until}.\n\nWhere: {place}. Bring a photo identity document: a proctor checks it before you "
        "start. An exam that is started late still ends with its window.\n\n"
        "What to expect, and what you still have to do before, is here:\n\n{link}",
        {
            "what": "scheduled",
            "exam": "Warrant Service Officer final exam",
            "when": "Dec 12, 2026, 1:00 PM EST",
            "until": "Dec 12, 2026, 3:30 PM EST",
            "place": "Training room 2",
        },
    ),
    Kind.EXAM_CANCELLED: Wording(
        "Exam called off: {exam}",
        "Your place at {exam} on {when} is called off.\n\nReason: {reason}\n\nYou are told when there is another date. What is open to you "
        "is here:\n\n{link}",
        {"exam": "Warrant Service Officer final exam", "when": "Dec 12, 2026, 1:00 PM EST", "reason": "The room has no power."},
    ),
    Kind.RESULT: Wording(
        "Your exam was scored: {exam}",
        "{exam} was handed in on {when} and is scored.\n\nSign in to read your result. It is never sent by mail.\n\n{link}",
        {"exam": "Warrant Service Officer final exam", "when": "Dec 12, 2026, 2:05 PM EST"},
    ),
    Kind.RESCORED: Wording(
        "Your exam was scored again: {exam}",
        "A question of {exam} was corrected on {when}, and your result changed.\n\n"
        "Sign in to read what changed and why. Your result is never sent by mail.\n\n{link}",
        {"exam": "Warrant Service Officer final exam", "when": "Dec 20, 2026, 10:00 AM EST"},
    ),
    Kind.RULING: Wording(
        "Your {what} about {exam}: {step}",
        "Your {what} about {exam} was {step} on {when}.\n\nSign in to read what was said and why.\n\n{link}",
        {"what": "appeal", "exam": "Warrant Service Officer final exam", "step": "decided", "when": "Dec 20, 2026, 10:00 AM EST"},
    ),
    Kind.CERTIFICATE_ISSUED: Wording(
        "Your certificate of training is ready: {course}",
        "Your certificate of training for {course} was issued on {when}. You can read and download it here:\n\n{link}\n\n"
        "A certificate shows that you finished the training. It gives no authority: do not act under the agreement before ICE has "
        "authorized you in writing.",
        {"course": "Warrant Service Officer", "when": "Dec 14, 2026, 10:00 AM EST"},
    ),
    Kind.AUTHORIZED: Wording(
        "You are authorized from {start}",
        "{supervisor} recorded your authorization under the {model} agreement of {agency}. It runs from {start} until {until}.\n\n"
        "What you may do, where, and how to reach your supervisor is here. Read it before you act:\n\n{link}",
        {
            "supervisor": "Marcus Hale, Supervisory Officer",
            "model": "Warrant Service Officer",
            "agency": "Palmetto County Sheriff's Office",
            "start": "December 15, 2026",
            "until": "it is revoked",
        },
    ),
    Kind.EXPIRING: Wording(
        "{left} until the authorization of {officer} ends",
        "The authorization of {officer} under the {model} agreement of {agency} ends at {end}. From that moment on there is no authority "
        "to act under it, unless ICE authorizes anew.\n\nWhere it stands is told here:\n\n{link}",
        {
            "left": "30 days",
            "officer": "Avery Quill",
            "model": "Task Force",
            "agency": "Palmetto County Sheriff's Office",
            "end": "Jan 15, 2027, 12:00 AM EST",
        },
    ),
    Kind.REFRESHER_DUE: Wording(
        "Training due by {day}: {training}",
        "{officer} has to finish this training by {day}: {training}.\n\nIt may be taken from {not_before} on. Details:\n\n{link}",
        {
            "officer": "Avery Quill",
            "training": "Refresher on detainers and the Fourth Amendment",
            "day": "March 1, 2027",
            "not_before": "December 1, 2026",
        },
    ),
    Kind.DECLARATION_ACTIVATED: Wording(
        "{mark}Agreement activated: {declaration}",
        "{mark}The agreement of {agency} was activated on {when} under {declaration}.\n\n"
        "It gives authority only inside the boundaries and only during the period of the declaration, to officers who are authorized. "
        "What concerns you is here:\n\n{link}",
        {
            "mark": "",
            "declaration": "Demonstration declaration 1",
            "agency": "Palmetto County Sheriff's Office",
            "when": "Nov 22, 2026, 9:00 AM EST",
        },
    ),
    Kind.REVOKED: Wording(
        "{what} {outcome}: {officer}",
        "{what} of {officer} was {outcome}, effective {when}.\n\nReason: {reason}\n\n{consequence}\n\nDetails:\n\n{link}",
        {
            "what": "Authorization",
            "outcome": "suspended",
            "officer": "Avery Quill",
            "when": "Nov 22, 2026, 9:00 AM EST",
            "reason": "A complaint is being looked into.",
            "consequence": "Do not act under the agreement until you are told in writing that you may.",
        },
    ),
    Kind.PRACTICAL_ALARM: Wording(
        "{failed} of {rated} officers failed a practical exercise: {exercise}",
        "In {title}, {failed} of {rated} officers rated failed {exercise} the first time. That is 15 percent or more.\n\n"
        "Look at the exercise and its teaching, and record what was done by {due}:\n\n{link}",
        {
            "failed": "3",
            "rated": "20",
            "exercise": "Serving the warrant",
            "title": "Warrant Service Officer, winter class",
            "due": "Dec 9, 2026, 4:30 PM EST",
        },
    ),
}


@dataclass(frozen=True, slots=True)
class Text:
    """A notice as it is read; the body keeps LINK where the address goes."""

    subject: str
    body: str


class Untold(ValueError):
    """A fact that the wording needs was not given, or one that it does not know was."""


def written(kind: Kind, facts: Mapping[str, str], *, name: str) -> Text:
    """The notice of `kind` with `facts`, to the person `name`, with the places of LINK, PRODUCT and DISCLAIMER left open.

    Raises Untold when the facts are not exactly those of the wording.
    """
    wording = WORDINGS[kind]
    if set(facts) != set(wording.facts):
        raise Untold(f"A notice of the kind {kind} needs exactly these facts: {', '.join(sorted(wording.facts))}.")
    lines = {key: " ".join(value.translate(MARKS).split()) for key, value in facts.items()} | {"product": PRODUCT, "link": LINK}
    greeting = " ".join(name.translate(MARKS).split()) or "Good day"
    return Text(wording.subject.format(**lines), f"{greeting},\n\n{wording.body.format(**lines)}\n\n{PRODUCT}. {DISCLAIMER}.\n")


def filled(text: Text, *, link: str, product: str, disclaimer: str) -> Text:
    """The notice as it is sent: every open place filled."""
    subject = text.subject.replace(PRODUCT, product)
    return Text(subject, text.body.replace(PRODUCT, product).replace(DISCLAIMER, disclaimer).replace(LINK, link))


def example(kind: Kind) -> Text:
    """A notice of `kind` with invented facts."""
    return written(kind, WORDINGS[kind].facts, name="Avery Quill")


def spoken(at: datetime, zone: str) -> str:
    """A moment on the clock that the reader lives by: "Nov 22, 2026, 9:00 AM EST"."""
    there = at.astimezone(ZoneInfo(zone))
    hour, half = there.hour % 12 or 12, "AM" if there.hour < 12 else "PM"
    return f"{there:%b} {there.day}, {there.year}, {hour}:{there:%M} {half} {there:%Z}"


def spoken_day(day: date) -> str:
    """A day: "December 1, 2026"."""
    return f"{day:%B} {day.day}, {day.year}"


def next_try(failures: int, last: datetime | None) -> datetime | None:
    """When a notice that failed `failures` times, last at `last`, is tried again: None means never. One that did not fail is due now."""
    if failures == 0 or last is None:
        return datetime.min.replace(tzinfo=ZoneInfo("UTC"))
    return None if failures >= TRIES else last + WAITS[failures - 1]
