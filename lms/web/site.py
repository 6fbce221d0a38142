"""What a running site is made of, handed in once by `create_app` and found again in every request."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from flask import current_app

from lms.db.blobs import BlobStore
from lms.db.session import Database
from lms.kernel.clock import Clock
from lms.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

EXTENSION = "lms"


def _nothing(*_: object) -> list[Any]:
    return []


@dataclass(frozen=True, slots=True)
class Site:
    """The parts of one installation, and the questions that `web` lets the features answer.

    `identify(session, token, now)` names the signed-in person, or None; `navigation(identity)` lists (label, endpoint);
    `standing_notices(session, identity)` lists sentences shown on every page of those they concern; `footer` lists (label, endpoint);
    `classes_under_way(session, course_hashes, now)` counts the classes that run on these course revisions.
    `class_alarms(session, offering_id)` lists sentences about practical exercises of a class in which many failed.
    `certificates_on(session, enrollment_ids)` names the certificates in force that enrollments were given.
    `agency_names(session, ids)` names agencies by their ids.
    `ask_for_proof()` is the page on which a person proves the second factor anew, and which keeps the form that was sent.
    `lockdown(session, identity, endpoint, arguments, now)` is where to lead a person who may see one thing only and asked for another.
    `note_refusal(session, actor, asked, place, reason, details, now)` remembers that a signed-in person asked for what is not theirs.
    """

    settings: Settings
    clock: Clock
    database: Database
    blobs: BlobStore
    identify: Callable[..., Any] = lambda *_, **__: None
    navigation: Callable[[Any], list[tuple[str, str]]] = _nothing
    standing_notices: Callable[["Session", Any], list[str]] = _nothing
    note_refusal: Callable[..., object] = lambda *_, **__: None
    ask_for_proof: Callable[[], Any] = lambda: None
    agency_names: Callable[..., dict[Any, str]] = lambda *_, **__: {}
    lockdown: Callable[..., str | None] = lambda *_, **__: None
    footer: tuple[tuple[str, str], ...] = ()
    classes_under_way: Callable[..., int] = lambda *_, **__: 0
    certificates_on: Callable[..., dict[Any, list[str]]] = lambda *_, **__: {}
    class_alarms: Callable[..., list[str]] = lambda *_, **__: []


def site() -> Site:
    """The site that serves the current request."""
    return cast("Site", current_app.extensions[EXTENSION])
