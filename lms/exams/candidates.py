"""A stored question as drawing sees it. Pure."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from lms.exams.drawing import Candidate
from lms.questions.items import POINT, ItemType

Content = Mapping[str, Any]
SHOWN: Final = ("unit", "text", "part", "parts")
"""What an officer sees beside the stem: the unit of a number, and of a scenario its text and the question's place in it."""


def candidate(hash_: str, objective: str, content: Content) -> Candidate:
    """A stored question as drawing sees it: what is right, and nothing else that is not shown."""
    type_ = ItemType(content.get("type", ItemType.SINGLE))
    choices, matches, right = _PARTS[type_](content)
    return Candidate(
        hash_,
        objective,
        str(content["stem"]),
        choices,
        right,
        type=type_,
        matches=matches,
        points=int(content.get("points", POINT)),
        partial=bool(content.get("partial")),
        more={name: content[name] for name in SHOWN if name in content},
        difficulty=str(content.get("difficulty", "")),
        pilot=bool(content.get("pilot")),
        group=str(content.get("group", "")),
        part=int(content.get("part", 0)),
    )


Parts = tuple[tuple[str, ...], tuple[str, ...], Any]


def _one(content: Content) -> Parts:
    choices = content["choices"]
    return _texts(choices), (), next(index for index, choice in enumerate(choices) if choice.get("correct"))


def _several(content: Content) -> Parts:
    choices = content["choices"]
    return _texts(choices), (), tuple(index for index, choice in enumerate(choices) if choice.get("correct"))


def _texts(choices: list[Content]) -> tuple[str, ...]:
    return tuple(str(choice["text"]) for choice in choices)


def _order(content: Content) -> Parts:
    return tuple(content["order"]), (), tuple(range(len(content["order"])))


def _pairs(content: Content) -> Parts:
    pairs = content["pairs"]
    return tuple(pair["left"] for pair in pairs), (*(pair["right"] for pair in pairs), *content["others"]), tuple(range(len(pairs)))


def _number(content: Content) -> Parts:
    return (), (), {"value": content["answer"], "tolerance": content["tolerance"]}


def _short(content: Content) -> Parts:
    return (), (), {"accepted": list(content["accepted"])}


def _written(content: Content) -> Parts:
    return (), (), {"rubric": {one["id"]: one["points"] for one in content["criteria"]}}


_PARTS: Final[Mapping[ItemType, Callable[[Content], Parts]]] = {
    ItemType.SINGLE: _one,
    ItemType.TRUE_FALSE: _one,
    ItemType.MULTIPLE: _several,
    ItemType.ORDERING: _order,
    ItemType.MATCHING: _pairs,
    ItemType.NUMERIC: _number,
    ItemType.SHORT: _short,
    ItemType.WRITTEN: _written,
}
