"""What may be sent while sitting an exam."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import request
from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired, Length

from lms.exams import points
from lms.exams.queries import QuestionShown
from lms.exams.responses import Response
from lms.exams.service import Change
from lms.kernel.errors import Invalid
from lms.kernel.ids import token
from lms.questions.items import ItemType
from lms.web.forms import Form


class StartForm(Form):
    """The rules acknowledged, and the proctor's code."""

    rules_read = BooleanField(
        "I have read these rules and will keep them.", validators=[InputRequired("Confirm that you have read the rules.")]
    )
    code = StringField(
        "Ticket or code from the proctor",
        validators=[Length(max=40)],
        description="A ticket has twelve letters and digits, a code eight. Spaces and capitals do not matter. It is good once.",
    )


LONGEST_SENT = 200_000
"""Characters of a response as JSON; how long an answer may be is the question's matter."""
UNKNOWN = "The page sent something this exam does not know. Reload it; what was saved is kept."


class TwoInOnePlace(Invalid):
    """An order was sent in which two things have the same place."""


def change_sent(position: int) -> Change:
    """The change of an answer that a page or its script sent. Raises Invalid when it cannot be one."""
    found: Any = request.form
    key = found.get("key") or token()
    revision = found.get("revision", "")
    if not revision.isdecimal() or len(revision) > 9 or len(key) > 100:
        raise Invalid(UNKNOWN)
    flagged = found.get("flagged") in {"1", "on"}
    return Change(position=position, response=_response_sent(found), flagged=flagged, revision=int(revision), key=key)


def _response_sent(found: Any) -> Response:
    """What a script sent as one JSON value, or a plain form in its fields."""
    if "response" in found:
        return _json(found["response"])
    match found.get("type"):
        case ItemType.MULTIPLE:
            return found.getlist("choice")
        case ItemType.ORDERING:
            return _order(found)
        case ItemType.MATCHING:
            return {name.removeprefix("match-"): value for name, value in found.items() if name.startswith("match-") and value}
        case _:
            return found.get("text") or found.get("choice") or None


def _json(text: str) -> Response:
    if len(text) > LONGEST_SENT:
        raise Invalid(UNKNOWN)
    try:
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=str)  # no response has a number in it
    except (ValueError, RecursionError) as error:
        raise Invalid(UNKNOWN) from error


def _order(found: Any) -> Response:
    """The ids by the places that a plain form gives them; None for a place that nothing was given."""
    places = {name.removeprefix("place-"): value for name, value in found.items() if name.startswith("place-") and value}
    if any(not value.isdecimal() or len(value) > 2 or value == "0" for value in places.values()):
        raise Invalid(UNKNOWN)
    if len(set(places.values())) != len(places):
        raise TwoInOnePlace("Two of the lines have the same place. Give each line a place of its own; nothing was saved.")
    by_place = {int(value): id_ for id_, value in places.items()}
    return [by_place.get(place) for place in range(1, max(by_place, default=0) + 1)]


@dataclass(frozen=True, slots=True)
class Filled:
    """What the fields of a question hold: what is saved, or what a form sent that could not be saved."""

    chosen: frozenset[str] = frozenset()
    places: Mapping[str, int] = field(default_factory=dict)
    pairs: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    no_number: bool = False


def filled(shown: QuestionShown, response: Response) -> Filled:
    """The fields as a saved response fills them."""
    match response:
        case list():
            places = {id_: place for place, id_ in enumerate(response, 1) if id_ is not None}
            return Filled(chosen=frozenset(places), places=places)
        case dict():
            return Filled(pairs=response)
        case str():
            no_number = shown.type is ItemType.NUMERIC and points.number(response) is None
            return Filled(chosen=frozenset({response}), text=response, no_number=no_number)
        case _:
            return Filled()


def as_sent() -> Filled:
    """The fields as the form that was just refused sent them."""
    sent: Any = request.form
    places = {name.removeprefix("place-"): int(value) for name, value in sent.items() if name.startswith("place-") and value.isdecimal()}
    pairs = {name.removeprefix("match-"): value for name, value in sent.items() if name.startswith("match-")}
    return Filled(frozenset(sent.getlist("choice")), places, pairs, sent.get("text", ""))
