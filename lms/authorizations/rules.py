"""Whether an authorization is in force at a moment, as known at another, and what may be done about it. Pure.

Everything is a fold over facts that carry when they took effect and since when they are on record, so that the same two moments always
give the same answer, whatever is recorded later (R-29).
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from lms.agencies.agreement_rules import Move as AgreementMove
from lms.agencies.agreement_rules import State, known, lasting_state
from lms.agencies.clocks import months_later, start_of
from lms.agencies.rule_sets import RuleSet
from lms.certificates.numbers import ALPHABET
from lms.certificates.rules import Fact, Life, Status, validity
from lms.influx.rules import Basis103, limits
from lms.places.rules import BY_FIPS, BY_POSTAL, counties

FURTHEST_AHEAD: Final = timedelta(days=366)
LETTER_ENTROPY: Final = 5
"""Bytes of randomness in the number of a letter: eight characters."""
MOST_COUNTIES: Final = 40
"""Counties that one letter can name; beyond that it names the State."""


class Word(StrEnum):
    """Where an authorization stands, in a word."""

    ACTIVE = "active"
    NOT_YET = "not yet in force"
    SUSPENDED = "suspended"
    DORMANT = "dormant"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"
    AGREEMENT_ENDED = "ended with the agreement"


ENDED: Final = frozenset({Word.EXPIRED, Word.WITHDRAWN, Word.REVOKED, Word.AGREEMENT_ENDED})
"""Words from which nothing leads back: the officer needs a new authorization."""


class MoveKind(StrEnum):
    """What may happen to an authorization."""

    SUSPENSION = "suspension"
    REINSTATEMENT = "reinstatement"
    WITHDRAWAL = "withdrawal"
    REVOCATION = "revocation"


FINAL: Final = {MoveKind.WITHDRAWAL: Word.WITHDRAWN, MoveKind.REVOCATION: Word.REVOKED}
"""Moves that end an authorization, and the word it then has."""


class Reason(StrEnum):
    """Why an authorization was suspended, reinstated, withdrawn or revoked."""

    COMPLAINT = "a complaint is being looked into"
    DISCIPLINE = "discipline, or a complaint that was sustained"
    TRAINING = "required training was not done"
    CERTIFICATE = "the certificate of training no longer counts"
    LEFT = "the officer leaves the role or the agency"
    AGENCY = "asked for by the agency"
    ICE = "decision of ICE"
    CLEARED = "what stood against it was cleared"
    ERROR = "recorded in error"


@dataclass(frozen=True, slots=True)
class Move:
    """One move of an authorization. `until` is the end of a suspension, if it has one by itself."""

    number: int
    kind: MoveKind
    effective_at: datetime
    recorded_at: datetime
    until: datetime | None = None
    reason: str = ""
    note: str = ""
    by: str = ""

    def is_known(self, on: datetime) -> bool:
        return self.recorded_at <= on


@dataclass(frozen=True, slots=True)
class End:
    """Something else that ends an authorization for good: with which word, by which source, and its two times."""

    word: Word
    source: str
    fact: Fact


@dataclass(frozen=True, slots=True)
class Authority:
    """Everything that decides whether an authorization is in force.

    `influx`: what authority for a mass influx rests on, outside of which it lies dormant (R-28); None for section 287(g), which never
    mixes with it (R-26). `ends`: what else ends it.
    """

    starts_at: datetime
    recorded_at: datetime
    ends_at: datetime | None
    moves: tuple[Move, ...]
    agreement: tuple[AgreementMove, ...]
    influx: Basis103 | None = None
    ends: tuple[End, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """The word, since when it holds, by which fact, and since when that fact is on record."""

    word: Word
    since: datetime
    recorded_at: datetime
    source: str

    @property
    def is_active(self) -> bool:
        return self.word is Word.ACTIVE

    @property
    def has_ended(self) -> bool:
        return self.word in ENDED


# --- Where it stands ------------------------------------------------------------------------------------------------


def standing(authority: Authority, *, at: datetime, known: datetime) -> Standing | None:
    """Where the authorization stood at `at`, as known at `known`. None while it was not on record.

    What ended it first goes before everything else; then that it had not begun; then what suspends it or leaves it dormant (R-18).
    """
    if authority.recorded_at > known:
        return None
    ended = [end for end in _ends(authority, on=known) if end.since <= at]
    if ended:
        return min(ended, key=lambda end: (end.since, end.word))
    if at < authority.starts_at:
        return Standing(Word.NOT_YET, authority.recorded_at, authority.recorded_at, "its letter")
    return _held(authority, at=at, on=known) or Standing(Word.ACTIVE, authority.starts_at, authority.recorded_at, "its letter")


def _ends(authority: Authority, *, on: datetime) -> Iterator[Standing]:
    """Everything that ends the authorization, of what was on record."""
    if authority.ends_at is not None:
        yield Standing(Word.EXPIRED, authority.ends_at, authority.recorded_at, "the end that its letter names")
    moves = [move for move in authority.moves if move.is_known(on)]
    for move in moves:
        if move.kind in FINAL and not _is_taken_back(move, moves):
            yield Standing(FINAL[move.kind], move.effective_at, move.recorded_at, f"its {move.kind}")
    for one in known(authority.agreement, on=on):
        if one.to is State.TERMINATED:
            yield Standing(Word.AGREEMENT_ENDED, one.effective_at, one.recorded_at, "the end of the agreement (R-18)")
    for end in authority.ends:
        if end.fact.recorded_at <= on:
            yield Standing(end.word, end.fact.effective_at, end.fact.recorded_at, end.source)


def _is_taken_back(move: Move, moves: Iterable[Move]) -> bool:
    """Whether a later move took this one back before it had taken effect."""
    return any(one.kind is MoveKind.REINSTATEMENT and one.number > move.number and one.effective_at < move.effective_at for one in moves)


def _held(authority: Authority, *, at: datetime, on: datetime) -> Standing | None:
    """What keeps an authorization that has begun and not ended from being in force."""
    own = open_suspension(authority.moves, at=at, on=on)
    if own is not None:
        return Standing(Word.SUSPENDED, own.effective_at, own.recorded_at, "its suspension")
    if authority.influx is None:
        return _held_by_agreement(authority, at=at, on=on)
    return _held_in_influx(authority, authority.influx, at=at, on=on)


def open_suspension(moves: Iterable[Move], *, at: datetime, on: datetime) -> Move | None:
    """The suspension that runs at `at`, as known at `on`."""
    running = None
    begun = (move for move in moves if move.is_known(on) and move.effective_at <= at)
    for move in sorted(begun, key=lambda one: (one.effective_at, one.number)):
        if move.kind is MoveKind.SUSPENSION:
            running = move
        elif move.kind is MoveKind.REINSTATEMENT:
            running = None
    return None if running is None or (running.until is not None and running.until <= at) else running


def _held_by_agreement(authority: Authority, *, at: datetime, on: datetime) -> Standing | None:
    state = lasting_state(authority.agreement, at=at, on_record=on)
    if state is State.OPERATIONAL:
        return None
    word = Word.SUSPENDED if state is State.SUSPENDED else Word.DORMANT
    begun = [one for one in known(authority.agreement, on=on) if one.effective_at <= at and one.to is state]
    since, recorded = (begun[-1].effective_at, begun[-1].recorded_at) if begun else (authority.starts_at, authority.recorded_at)
    told = f"the agreement is {state} (R-18)" if state else "the agreement was not on record"
    return Standing(word, since, recorded, told)


def _held_in_influx(authority: Authority, influx: Basis103, *, at: datetime, on: datetime) -> Standing | None:
    """Authority for a mass influx goes with the declared period: before, in a gap and after it lies dormant (R-24, R-28)."""
    state = lasting_state(authority.agreement, at=at, on_record=on)
    if state is State.SUSPENDED or not (influx.contingency or state is State.OPERATIONAL):
        return _held_by_agreement(authority, at=at, on=on)
    found = limits(influx, at=at, known=on)
    return Standing(Word.DORMANT, authority.starts_at, authority.recorded_at, found[0].source) if found else None


# --- Certified ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Listed:
    """That a list of ICE names the officer, and that the entry was struck, if it was."""

    number: int
    named: Fact
    struck: Fact | None = None

    def holds(self, *, at: datetime, known: datetime) -> bool:
        struck = self.struck is not None and self.struck.holds(at=at, known=known)
        return self.named.holds(at=at, known=known) and not struck


@dataclass(frozen=True, slots=True)
class Training:
    """The certificates of one training, in order, and the lists that name its officer. A corrected certificate is of the same training."""

    certificates: tuple[tuple[str, Life], ...]
    listed: tuple[Listed, ...]


def certified_by(training: Training, *, at: datetime, known: datetime) -> tuple[str, Listed] | None:
    """The certificate that counted and the list that named the officer, where there were both: certified is ICE's written act (R-15)."""
    counting = [number for number, life in training.certificates if _counts(life, at=at, known=known)]
    naming = [one for one in training.listed if one.holds(at=at, known=known)]
    return (counting[-1], naming[-1]) if counting and naming else None


def _counts(life: Life, *, at: datetime, known: datetime) -> bool:
    return life.issued_at <= known and validity(life, at=at, known=known) is Status.VALID


# --- What a letter says ---------------------------------------------------------------------------------------------


def fault_of_functions(chosen: Collection[str], *, agreement: Collection[str], rule_set: RuleSet) -> str | None:
    """Why these functions cannot be authorized, or None: they lie within the agreement's, and those within the model's (R-16)."""
    if not chosen:
        return "Choose at least one function."
    if not set(chosen) <= set(agreement) or not set(chosen) <= rule_set.function_ids:
        return "Choose only functions that the agreement names and its model allows (R-16)."
    return None


def fault_of_places(chosen: Collection[str], *, state: str) -> str | None:
    """Why an officer of an agency in `state` (postal) cannot be authorized in these places (FIPS codes), or None."""
    own = BY_POSTAL[state].fips
    if not chosen:
        return "Choose the whole State, or at least one county."
    if any(code != own and (code[:2] != own or code not in counties()) for code in chosen):
        return "Choose places in the agency's own State."
    if len(chosen) > MOST_COUNTIES:
        return f"A letter names at most {MOST_COUNTIES} counties. Choose the whole State instead."
    return None


def place_name(code: str) -> str:
    """A State or a county by its FIPS code, as people name it."""
    return BY_FIPS[code].name if len(code) == 2 else counties()[code].label


def covers(places: Collection[str], asked: str) -> bool:
    """Whether an authorization for `places` covers the place asked about: a State covers its counties, never the other way round."""
    return asked in places or asked[:2] in places


def ends_by_rule(rule_set: RuleSet, *, starts_at: datetime, zone: str) -> datetime | None:
    """When an authorization under these rules ends by itself; None when it stays until it is revoked (R-17)."""
    months = rule_set.authorization_months.value
    if months is None:
        return None
    return start_of(months_later(starts_at.astimezone(ZoneInfo(zone)).date(), months=months), zone=zone)


def letter_number(entropy: bytes) -> str:
    """The number of a letter from 5 random bytes: L-XXXX-XXXX. It does not count, so that it tells nothing of how many there are."""
    drawn = int.from_bytes(entropy)
    symbols = "".join(ALPHABET[drawn >> shift & 31] for shift in range(35, -1, -5))
    return f"L-{symbols[:4]}-{symbols[4:]}"


# --- What may be done about it --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    """A move that somebody asks for."""

    kind: MoveKind
    effective_at: datetime
    reason: Reason
    note: str
    until: datetime | None = None


def fault_of_step(authority: Authority, step: Step, *, now: datetime) -> str | None:
    """Why an authorization cannot move so, or None."""
    found = standing(authority, at=now, known=now)
    if found is None or found.has_ended:
        return f"This authorization is {found.word if found else 'not on record'}: nothing leads back. Record a new one."
    if not step.note.strip():
        return "Say why: the record keeps it."
    if step.effective_at > now + FURTHEST_AHEAD:
        return "A move is recorded at most a year ahead."
    if step.effective_at < min(authority.starts_at, now):
        return "That is before the authorization began."
    if step.kind is MoveKind.SUSPENSION:
        ends_first = step.until is not None and step.until <= step.effective_at
        return "A suspension ends after it began." if ends_first else None
    return _fault_of_reinstatement(authority, step, now=now) if step.kind is MoveKind.REINSTATEMENT else None


def _fault_of_reinstatement(authority: Authority, step: Step, *, now: datetime) -> str | None:
    coming = any(move.kind in FINAL and move.effective_at > max(now, step.effective_at) for move in authority.moves)
    if coming or open_suspension(authority.moves, at=step.effective_at, on=now):
        return None
    return "There is nothing to take back: no suspension of this authorization runs then, and no end is announced."
