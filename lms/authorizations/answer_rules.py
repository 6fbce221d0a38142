"""Was an officer certified, and authorized for a function in a place at a moment, as known at another? With every fact it stands on. Pure.

The answer is plain JSON without names, so that it can be hashed, kept and given again for ever (R-15, R-29).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from lms.accounts.rules import normalized_name
from lms.agencies.agreement_rules import known as agreement_known
from lms.authorizations.rules import Authority, Listed, Training, certified_by, covers, place_name, standing
from lms.certificates.numbers import display
from lms.certificates.rules import Fact, Life
from lms.influx.rules import TRANSPORT, Basis103, Place, limits
from lms.places.rules import BY_FIPS, BY_POSTAL, counties, counties_of

SUFFIXES = (" county", " parish", " borough", " municipality", " census area", " municipio")


@dataclass(frozen=True, slots=True)
class Question:
    """Whom, which function, where (FIPS code), at which moment, and as known when."""

    officer_id: UUID
    function: str
    place: str
    at: datetime
    known: datetime

    @property
    def content(self) -> dict[str, str]:
        """The question as it is hashed and kept."""
        return {
            "officer": str(self.officer_id),
            "function": self.function,
            "place": self.place,
            "at": instant(self.at),
            "known": instant(self.known),
        }


@dataclass(frozen=True, slots=True)
class Considered:
    """One authorization of the officer, with the training it rests on."""

    number: str
    model: str
    agency: str
    functions: tuple[str, ...]
    places: tuple[str, ...]
    authority: Authority
    training: Training | None


def instant(moment: datetime) -> str:
    """A moment as answers write it: UTC, in milliseconds."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def fault_of_question(question: Question, *, now: datetime) -> str | None:
    """Why this cannot be asked, or None: what lies ahead may still change, and so has no answer for ever."""
    if question.at > now or question.known > now:
        return "Ask about a moment that has come: an answer about the future could not stay the same."
    return None if is_place(question.place) else "Choose a State, or a county by its name."


def is_place(code: str) -> bool:
    return code in BY_FIPS or code in counties()


def place_code(state: str, county: str) -> str | None:
    """The FIPS code of a county by its name in a State (postal), of the State itself without one; None when there is no such place."""
    if state not in BY_POSTAL:
        return None
    wanted = _plain(county)
    if not wanted:
        return BY_POSTAL[state].fips
    return next((one.fips for one in counties_of(state) if _plain(one.name) == wanted), None)


def _plain(name: str) -> str:
    found = normalized_name(name)
    return next((found.removesuffix(suffix) for suffix in SUFFIXES if found.endswith(suffix)), found)


def answer(question: Question, *, trainings: Sequence[Training], considered: Sequence[Considered]) -> dict[str, Any]:
    """Both answers, each with its moment and the facts that were on record."""
    judged = [_judged(one, question) for one in considered if one.authority.recorded_at <= question.known]
    counting = [one for one in judged if one["counts"]]
    certified = _certified(trainings, question)
    return {
        "question": question.content,
        "place_name": place_name(question.place),
        "certified": certified,
        "authorized": {
            "answer": bool(counting),
            "as_of": instant(question.at),
            "letter": counting[0]["letter"] if counting else None,
            "letters": judged,
        },
        "certified_and_authorized": any(one["certified"] for one in counting),
    }


def _certified(trainings: Sequence[Training], question: Question) -> dict[str, Any]:
    at, known = question.at, question.known
    found = [by for one in trainings if (by := certified_by(one, at=at, known=known)) is not None]
    return {
        "answer": bool(found),
        "as_of": instant(at),
        "certificate": display(found[0][0]) if found else None,
        "list": found[0][1].number if found else None,
        "facts": [fact for one in trainings for fact in _training_facts(one, known)],
    }


def _training_facts(training: Training, known: datetime) -> list[dict[str, str]]:
    told = [fact for number, life in training.certificates for fact in _life(display(number), life)]
    told += [fact for one in training.listed for fact in _listing(one)]
    return [_fact(what, fact) for what, fact in told if fact.recorded_at <= known]


def _life(number: str, life: Life) -> list[tuple[str, Fact]]:
    found = [(f"Certificate {number} issued", Fact(life.issued_at, life.issued_at))]
    if life.revoked:
        found.append((f"Certificate {number} revoked", life.revoked))
    if life.superseded:
        found.append((f"Certificate {number} replaced by a corrected one", life.superseded))
    for one in life.suspensions:
        found.append((f"Certificate {number} suspended", one.begun))
        found += [(f"Suspension of certificate {number} lifted", one.ended)] if one.ended else []
    return found


def _listing(one: Listed) -> list[tuple[str, Fact]]:
    found = [(f"Named on certification list {one.number}", one.named)]
    return [*found, (f"Struck from certification list {one.number}", one.struck)] if one.struck else found


def _fact(what: str, fact: Fact) -> dict[str, str]:
    return {"what": what, "effective_at": instant(fact.effective_at), "recorded_at": instant(fact.recorded_at)}


def _judged(one: Considered, question: Question) -> dict[str, Any]:
    at, known = question.at, question.known
    found = standing(one.authority, at=at, known=known)
    has_function, has_place = question.function in one.functions, covers(one.places, question.place)
    is_active = found is not None and found.is_active
    has_place = has_place and (not is_active or _inside(one.authority, question))
    return {
        "letter": one.number,
        "model": one.model,
        "agency": one.agency,
        "standing": str(found.word) if found else None,
        "source": found.source if found else None,
        "since": instant(found.since) if found else None,
        "function": has_function,
        "place": has_place,
        "counts": is_active and has_function and has_place,
        "certified": one.training is not None and certified_by(one.training, at=at, known=known) is not None,
        "facts": list(_authority_facts(one, known)),
    }


def _inside(authority: Authority, question: Question) -> bool:
    """Whether the place lies inside the boundaries of the mass influx that woke the authority; without one there are no boundaries."""
    if authority.influx is None:
        return True
    place = Place(BY_FIPS[question.place[:2]].postal, question.place if question.place in counties() else "")
    in_custody = question.function == TRANSPORT
    return not limits(authority.influx, at=question.at, known=question.known, place=place, in_custody=in_custody)


def _influx_facts(influx: Basis103, known: datetime) -> Iterable[dict[str, str]]:
    for declared in influx.declared(at=known, known=known):
        for act in declared.acts:
            if act.known_at <= known:
                yield _fact(f"Mass influx: {act.kind}", Fact(act.effective_at, act.known_at))
                if act.ends_at is not None:
                    yield _fact("Mass influx: the end that was declared", Fact(act.ends_at, act.known_at))


def _authority_facts(one: Considered, known: datetime) -> Iterable[dict[str, str]]:
    authority = one.authority
    yield _fact(f"Authorization {one.number} begins", Fact(authority.starts_at, authority.recorded_at))
    if authority.ends_at is not None:
        yield _fact(f"Authorization {one.number} ends by its letter", Fact(authority.ends_at, authority.recorded_at))
    for move in authority.moves:
        if move.is_known(known):
            yield _fact(f"Authorization {one.number}: {move.kind}", Fact(move.effective_at, move.recorded_at))
    for step in agreement_known(authority.agreement, on=known):
        yield _fact(f"Agreement: {step.to}", Fact(step.effective_at, step.recorded_at))
    if authority.influx is not None:
        yield from _influx_facts(authority.influx, known)
    for end in authority.ends:
        if end.fact.recorded_at <= known:
            yield _fact(f"Ended by {end.source}", end.fact)
