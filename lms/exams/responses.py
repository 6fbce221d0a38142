"""What an officer may answer to each type of question, checked against the question as its paper shows it. Pure.

A response is one JSON value. One choice: its id. Multiple choice: the ids, sorted. Ordering: the ids in order, null
for a place left open. Matching: {left id: right id}. Number, short text, written answer: the text. Null is no answer.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from lms.kernel.errors import Invalid
from lms.questions.items import CHOSEN, ItemType

Content = Mapping[str, Any]
Response = Any
LONGEST: Final = {ItemType.NUMERIC: 40, ItemType.SHORT: 200, ItemType.WRITTEN: 20_000}
"""How many characters an answer may have."""


class UnknownChoice(Invalid):
    """The response names something that does not belong to the question, or has another type's shape."""


class ResponseTooLong(Invalid):
    """The text is longer than the question takes."""


def type_of(content: Content) -> ItemType:
    """The type of a question as a paper shows it."""
    return ItemType(content.get("type", ItemType.SINGLE))


def read(content: Content, response: Response) -> Response:
    """`response` in the one form in which it is stored; None for no answer. Raises UnknownChoice and ResponseTooLong."""
    if response is None or response in ("", [], {}):
        return None
    return _READERS[type_of(content)](content, response)


def _strange() -> UnknownChoice:
    return UnknownChoice("That choice does not belong to this question. Reload the page and answer again.")


def _ids(content: Content, name: str = "choices") -> frozenset[str]:
    return frozenset(one["id"] for one in content[name])


def _one(content: Content, response: Response) -> Response:
    if not isinstance(response, str) or response not in _ids(content):
        raise _strange()
    return response


def _several(content: Content, response: Response) -> Response:
    if not _are_texts(response) or len(set(response)) != len(response) or not _ids(content).issuperset(response):
        raise _strange()
    return sorted(response)


def _in_order(content: Content, response: Response) -> Response:
    if not isinstance(response, list):
        raise _strange()
    known, placed = _ids(content), [one for one in response if one is not None]
    if not _are_texts(placed) or len(set(placed)) != len(placed) or not known.issuperset(placed) or len(response) > len(known):
        raise _strange()
    last = max((place for place, one in enumerate(response, 1) if one is not None), default=0)
    return response[:last] or None


def _pairs(content: Content, response: Response) -> Response:
    if not isinstance(response, dict) or not _are_texts(list(response.values())):
        raise _strange()
    if not (_ids(content).issuperset(response) and _ids(content, "matches").issuperset(response.values())):
        raise _strange()
    return dict(response)


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _text(content: Content, response: Response) -> Response:
    type_ = type_of(content)
    if not isinstance(response, str) or any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in response):
        raise UnknownChoice("That is no text. Reload the page and answer again.")
    text = response.replace("\r\n", "\n")
    text = text if type_ is ItemType.WRITTEN else text.strip()
    if len(text) > LONGEST[type_]:
        raise ResponseTooLong(
            f"The answer has {len(text):,} characters, and at most {LONGEST[type_]:,} are kept. Shorten it; what was saved before is kept."
        )
    return text if text.strip() else None


_READERS: Final[Mapping[ItemType, Callable[[Content, Response], Response]]] = {
    **dict.fromkeys(CHOSEN, _one),
    ItemType.MULTIPLE: _several,
    ItemType.ORDERING: _in_order,
    ItemType.MATCHING: _pairs,
    **dict.fromkeys(LONGEST, _text),
}


def in_words(content: Content, response: Response) -> str:
    """A response as people read it, for the officer's own page: what was chosen, by its text."""
    if response is None:
        return "no answer"
    texts = {one["id"]: one["text"] for name in ("choices", "matches") for one in content.get(name, ())}
    match response:
        case list():
            return "; ".join(texts.get(one, "nothing") for one in response)
        case dict():
            return "; ".join(f"{texts.get(left, '')}: {texts.get(right, '')}" for left, right in response.items())
        case _:
            return str(texts.get(response, response))
