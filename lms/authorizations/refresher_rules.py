"""When further training may be asked for and when it is due, by the rules of the template. Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from lms.agencies.clocks import months_later
from lms.agencies.rule_sets import RuleSet

YEARLY: Final = 12
"""Months after which ICE looks at the need for training under the Warrant Service Officer model."""


class RefresherKind(StrEnum):
    """What is asked for."""

    REFRESHER = "refresher"
    UPDATE = "update"
    REVIEW = "yearly review of training needs"
    AD_HOC = "training that ICE asks for beside the plan"


PERIODIC: Final = {"JEM": RefresherKind.REFRESHER, "TFM": RefresherKind.UPDATE, "WSO": RefresherKind.REVIEW}
"""What each model asks for from time to time; a model that is not here asks as needed."""


@dataclass(frozen=True, slots=True)
class Demand:
    """Further training that somebody asks for."""

    kind: RefresherKind
    title: str
    due_on: date


@dataclass(frozen=True, slots=True)
class Plan:
    """The next training by the template: not before, and due. None where the template names no such time."""

    kind: RefresherKind
    title: str
    not_before: date | None
    due_on: date | None
    source: str


TITLES: Final = {
    RefresherKind.REFRESHER: "Refresher training",
    RefresherKind.UPDATE: "Update of the training",
    RefresherKind.REVIEW: "Yearly look at what training is needed",
}


def plan(rule_set: RuleSet, *, last_on: date) -> Plan:
    """What the template says comes next, counted from the day on which training was last done (R-20)."""
    kind = PERIODIC.get(rule_set.model, RefresherKind.REFRESHER)
    not_before, due = rule_set.refresher_not_before_months, rule_set.refresher_due_months
    months = YEARLY if kind is RefresherKind.REVIEW and due.value is None else due.value
    return Plan(
        kind,
        TITLES[kind],
        None if not_before.value is None else months_later(last_on, months=not_before.value),
        None if months is None else months_later(last_on, months=months),
        not_before.source if not_before.value is not None else due.source,
    )


def fault_of_demand(demand: Demand, rule_set: RuleSet, *, last_on: date, today: date) -> str | None:
    """Why this cannot be asked for, or None. What ICE asks for beside the plan is held back by no such rule."""
    if not demand.title.strip():
        return "Say which training it is."
    if demand.due_on < today:
        return "It is due on a day that has gone by."
    earliest = plan(rule_set, last_on=last_on).not_before
    if demand.kind is not RefresherKind.AD_HOC and earliest is not None and demand.due_on < earliest:
        months = rule_set.refresher_not_before_months
        return (
            f"A {demand.kind} cannot be asked for before {earliest} (R-20): {months.value} months after training was last done, "
            f"on {last_on}. Source: {months.source}."
        )
    return None
