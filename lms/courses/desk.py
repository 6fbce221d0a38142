"""The editor's desk: a text with its preview, its faults and its differences, each by the renderer processes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from lms.courses.differences import Line
from lms.courses.edition import Edition
from lms.courses.lint import WORDS_A_MINUTE
from lms.courses.renderer import renderers
from lms.courses.service import Texts
from lms.facts.faults import Fault
from lms.facts.source import Register
from lms.kernel.errors import Refusal


@dataclass(frozen=True, slots=True)
class PreviewedCheck:
    """A check as its author sees it, key included."""

    id: str
    objective: str
    prompt_html: str
    choices: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """A text as its page would look. Without an edition there is only the `refusal` that says why."""

    edition: Edition | None
    refusal: str = ""

    @property
    def html(self) -> str:
        return self.edition.rendered.html if self.edition else ""

    @property
    def guide_html(self) -> str:
        return self.edition.guide.html if self.edition and self.edition.guide else ""

    @property
    def title(self) -> str:
        return self.edition.lesson.title if self.edition and self.edition.lesson else ""

    @property
    def faults(self) -> tuple[Fault, ...]:
        return self.edition.faults if self.edition else ()

    @property
    def words(self) -> int:
        return self.edition.words if self.edition else 0

    @property
    def reading_minutes(self) -> int:
        """How long the words take to read, by their number alone."""
        return round(self.words / WORDS_A_MINUTE)

    @property
    def checks(self) -> tuple[PreviewedCheck, ...]:
        if self.edition is None:
            return ()
        keys = self.edition.rendered.check_keys
        return tuple(
            PreviewedCheck(
                check["id"],
                check["objective"],
                check["prompt_html"],
                tuple(
                    {
                        "html": choice["html"],
                        "correct": choice["id"] == keys[check["id"]]["correct"],
                        "feedback": keys[check["id"]]["feedback"][choice["id"]],
                    }
                    for choice in check["choices"]
                ),
            )
            for check in self.edition.rendered.checks
        )


@dataclass(frozen=True, slots=True)
class Shelf:
    """What texts are rendered with: the register, the drawings by id, and the day."""

    facts: Register
    diagrams: Mapping[str, str]
    today: date


def edition_of(lesson_id: str, texts: Texts, *, shelf: Shelf) -> Edition:
    """The edition that `texts` would be. Raises RenderingRefused or RenderersBusy."""
    return renderers.lesson_edition(
        texts.source, path=lesson_id, facts=shelf.facts, today=shelf.today, diagrams=shelf.diagrams, guide=texts.guide
    )


def preview_or_reason(lesson_id: str, texts: Texts, *, shelf: Shelf) -> Preview:
    """The preview, or why there is none: the page around it is shown either way."""
    try:
        return Preview(edition_of(lesson_id, texts, shelf=shelf))
    except Refusal as refusal:
        return Preview(None, str(refusal))


def differences_or_none(old: str, new: str) -> tuple[Line, ...] | None:
    """What turns `old` into `new`, or None when that takes too long to find out."""
    try:
        return renderers.differences(old, new)
    except Refusal:
        return None
