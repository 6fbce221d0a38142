"""What a question of each type says beside its stem, read from its table: the stored form, with a fault for whatever is wrong."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from lms.facts.fields import Fields
from lms.facts.located import Table
from lms.questions.items import ItemType

CHOICES: Final = 4
LEAST, MOST = 3, 8
"""How many lines an ordering or a matching has."""
MOST_POINTS: Final = 20
Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice. `why` is the mistake that makes a wrong one plausible; empty on the right one."""

    text: str
    correct: bool
    why: str

    def content(self) -> Body:
        """As it is stored."""
        return {"text": self.text, "correct": self.correct, "why": self.why}


def choices_of(table: Table, fields: Fields) -> tuple[Choice, ...]:
    """The choices of a question; their faults are added to those of its fields."""
    found = [_choice(inner, fields) for inner in table.nested.get("choice", ())]
    _refuse_repeated(fields, "choice", [one.text for one in found], "Two choices say the same", "make each choice different")
    return tuple(found)


def _choice(table: Table, outer: Fields) -> Choice:
    fields = table.fields("choice", outer.path)
    correct = table.values.get("correct") is True
    fields.expect(("text",) if correct else ("text", "why"), ("correct",) if not correct else ("correct", "why"))
    if correct and "why" in fields.values:
        fields.fault("why", "The correct choice says why it is plausible", "remove `why`; the rationale says why it is right")
    choice = Choice(fields.text("text"), fields.truth("correct"), "" if correct else fields.text("why"))
    outer.faults.extend(fields.faults)
    return choice


def _refuse_repeated(fields: Fields, key: str, texts: list[str], what: str, fix: str) -> None:
    said = [text.casefold() for text in texts if text]
    if len(set(said)) != len(said):
        fields.fault(key, what, fix)


def _single(table: Table, fields: Fields) -> Body:
    choices = choices_of(table, fields)
    if "choice" in fields.values and len(choices) != CHOICES:
        fields.fault("choice", f"The question has {len(choices)} choices", f"give it exactly {CHOICES}")
    if "choice" in fields.values and sum(choice.correct for choice in choices) != 1:
        fields.fault("choice", "The question has not exactly one correct choice", "write `correct = true` on one choice")
    return {"choices": [one.content() for one in choices]}


def _multiple(table: Table, fields: Fields) -> Body:
    choices = choices_of(table, fields)
    right = sum(choice.correct for choice in choices)
    if "choice" in fields.values and not CHOICES <= len(choices) <= MOST:
        fields.fault("choice", f"The question has {len(choices)} choices", f"give it {CHOICES} to {MOST}")
    if "choice" in fields.values and (right < 2 or right == len(choices)):
        what = f"{right} of {len(choices)} choices are correct"
        fields.fault("choice", what, "write `correct = true` on two or more, and leave at least one wrong")
    return {"choices": [one.content() for one in choices]}


def _true_false(table: Table, fields: Fields) -> Body:
    _ = table
    answer, why = fields.truth("answer"), fields.text("why")
    both = [Choice("True", answer, "" if answer else why), Choice("False", not answer, why if answer else "")]
    return {"choices": [one.content() for one in both]}


def _ordering(table: Table, fields: Fields) -> Body:
    _ = table
    order = fields.texts("order")
    _refuse_count(fields, "order", len(order), "lines")
    _refuse_repeated(fields, "order", order, "Two lines say the same", "make each line different")
    return {"order": order}


def _refuse_count(fields: Fields, key: str, count: int, what: str) -> None:
    if key in fields.values and not LEAST <= count <= MOST:
        fields.fault(key, f"The question has {count} {what}", f"give it {LEAST} to {MOST}")


def _matching(table: Table, fields: Fields) -> Body:
    pairs = []
    for inner in table.nested.get("pair", ()):
        own = inner.fields("pair", fields.path)
        own.expect(("left", "right"))
        pairs.append({"left": own.text("left"), "right": own.text("right")})
        fields.faults.extend(own.faults)
    others = fields.texts("others") if "others" in fields.values else []
    _refuse_count(fields, "pair", len(pairs), "pairs")
    for side, texts in (("left", [one["left"] for one in pairs]), ("right", [*(one["right"] for one in pairs), *others])):
        _refuse_repeated(fields, "pair", texts, f"Two lines say the same on the {side}", "make each different, so that one match is right")
    return {"pairs": pairs, "others": others}


def _numeric(table: Table, fields: Fields) -> Body:
    _ = table
    answer, tolerance = _decimal(fields, "answer"), _decimal(fields, "tolerance")
    if tolerance.startswith("-"):
        fields.fault("tolerance", "`tolerance` is below zero", 'write "0" where only the answer itself is right')
    return {"answer": answer, "tolerance": tolerance, **({"unit": fields.text("unit")} if "unit" in fields.values else {})}


def _decimal(fields: Fields, key: str) -> str:
    """The decimal written as text under `key`: a TOML number would be a floating-point one."""
    value = fields.values.get(key)
    try:
        if isinstance(value, str) and Decimal(value).is_finite() and "e" not in value.casefold():
            return value.strip()
    except InvalidOperation:
        pass
    if key in fields.values:
        fields.fault(key, f"`{key}` is not a decimal text", 'write it in quotes, as in "48" or "2.5"')
    return ""


def _short(table: Table, fields: Fields) -> Body:
    _ = table
    accepted = fields.texts("accepted")
    if "accepted" in fields.values and not accepted:
        fields.fault("accepted", "No answer is accepted", "write every wording that is right, as in [one, two]")
    _refuse_repeated(
        fields, "accepted", accepted, "An accepted answer stands twice", "keep one of them; capital letters make no difference"
    )
    return {"accepted": accepted}


def _written(table: Table, fields: Fields) -> Body:
    criteria = []
    for inner in table.nested.get("criterion", ()):
        own = inner.fields("criterion", fields.path)
        own.expect(("id", "text", "points"))
        criterion: Body = {"id": own.permanent_id(), "text": own.text("text"), "points": own.whole("points", 1)}
        if criterion["points"] > MOST_POINTS:
            own.fault("points", f"The criterion is worth {criterion['points']} points", f"give it at most {MOST_POINTS}")
        criteria.append(criterion)
        fields.faults.extend(own.faults)
    if "criterion" in fields.values and not criteria:
        fields.fault("criterion", "The question has no criterion", "write what earns points under [[question.criterion]]")
    ids = [str(one["id"]) for one in criteria]
    _refuse_repeated(fields, "criterion", ids, "Two criteria have one id", "give each an id of its own")
    return {"criteria": criteria, "model": fields.text("model")}


@dataclass(frozen=True, slots=True)
class Reading:
    """Which keys a type asks for and allows, and how they are read."""

    required: tuple[str, ...]
    optional: tuple[str, ...]
    read: Callable[[Table, Fields], Body]


READINGS: Final[Mapping[ItemType, Reading]] = {
    ItemType.SINGLE: Reading(("choice",), (), _single),
    ItemType.MULTIPLE: Reading(("choice",), ("partial",), _multiple),
    ItemType.TRUE_FALSE: Reading(("answer", "why"), (), _true_false),
    ItemType.ORDERING: Reading(("order",), ("partial",), _ordering),
    ItemType.MATCHING: Reading(("pair",), ("others", "partial"), _matching),
    ItemType.NUMERIC: Reading(("answer", "tolerance"), ("unit",), _numeric),
    ItemType.SHORT: Reading(("accepted",), (), _short),
    ItemType.WRITTEN: Reading(("criterion", "model"), (), _written),
}
