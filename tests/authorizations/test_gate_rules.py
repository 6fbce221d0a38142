"""Every condition of an authorization is told, met or not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from lms.agencies.agreement_rules import Move, State
from lms.authorizations.gate_rules import Nominated, Request, gates, unmet
from lms.authorizations.rules import Listed, Training
from lms.certificates.rules import Fact, Life

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)
MOVES = tuple(
    Move(n, to, NOON - (9 - n) * DAY, NOON - (9 - n) * DAY) for n, to in enumerate((State.DRAFT, State.SIGNED, State.OPERATIONAL), 1)
)
READY = Request(
    starts_at=NOON,
    now=NOON,
    model="WSO",
    basis="287g",
    moves=MOVES,
    certificate_model="WSO",
    training=Training((("F1", Life(NOON - DAY)),), (Listed(1, Fact(NOON - DAY, NOON - DAY)),)),
    nomination=Nominated("approved", ()),
    serves_in_agency=True,
    is_authorized_already=False,
)


def missing(**changes: object) -> list[str]:
    return [gate.id for gate in unmet(gates(replace(READY, **changes)))]  # type: ignore[arg-type] # facts are named by callers


def test_everything_met_leaves_nothing_open() -> None:
    assert len(gates(READY)) == 8
    assert missing() == []
    assert all(gate.source and gate.reason for gate in gates(READY))


def test_each_condition_stands_by_itself() -> None:
    """R-13, R-14, R-15, R-18."""
    assert missing(nomination=None) == ["nomination", "eligibility"]
    assert missing(nomination=Nominated("declined", ())) == ["nomination"]
    assert missing(training=replace(READY.training, certificates=())) == ["certificate"]
    assert missing(training=replace(READY.training, listed=())) == ["list"]
    assert missing(certificate_model="TFM") == ["model"]
    assert missing(serves_in_agency=False) == ["agency"]
    assert missing(moves=MOVES[:2]) == ["agreement"]
    assert missing(is_authorized_already=True) == ["single"]


def test_an_agreement_for_a_mass_influx_takes_any_full_course_and_lies_dormant() -> None:
    """R-28."""
    assert missing(basis="103a10", model="INFLUX", moves=MOVES[:2]) == []
    assert missing(basis="103a10", model="INFLUX", moves=MOVES[:1]) == ["agreement"]
