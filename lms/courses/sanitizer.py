"""What authored HTML may contain: an explicit list of tags, attributes and classes; no address but one on the same page."""

import re
from typing import Final

import nh3

NAMES: Final = (
    "a abbr blockquote br cite code dd del details div dl dt em h2 h3 h4 h5 h6 hr ins li ol p pre section small span strong sub "
    "summary sup table tbody td th thead tr ul"
)
TAGS: Final = frozenset(NAMES.split())
ATTRIBUTES: Final = {
    "*": {"id", "class"},
    "a": {"href", "title"},
    "abbr": {"title"},
    "div": {"role", "aria-label", "tabindex"},
    "section": {"aria-labelledby"},
    "ol": {"start"},
    "td": {"align"},
    "th": {"align"},
}
CLASSES: Final = frozenset(
    {
        "admonition",
        "admonition-title",
        "note",
        "tip",
        "warning",
        "example",
        "question",
        "fact-ref",
        "unsettled",
        "footnote",
        "footnote-ref",
        "footnote-backref",
        "scenario",
        "scene",
        "ending",
        "sound",
        "unsound",
        "choices",
        "verdict-word",
        "sources",
    }
)
VALUES: Final = {"role": {"group"}, "tabindex": {"-1"}, "align": {"left", "right", "center"}}
OURS: Final = re.compile(r"(?:part|fact|scene|note)-[\w.:-]+")
ODD: Final = re.compile(r"[^\w.:-]")


def sanitized(html: str) -> str:
    """`html` with nothing in it that is not on the lists. Ids are prefixed, so that no text can take an id of the page around it."""
    return _CLEANER.clean(html)


def _kept(_tag: str, name: str, value: str) -> str | None:
    if name == "class":
        return " ".join(word for word in value.split() if word in CLASSES) or None
    if name in {"id", "aria-labelledby"}:
        return _prefixed(value)
    if name == "href":
        return f"#{_prefixed(value[1:])}" if value.startswith("#") and len(value) > 1 else None
    if name in VALUES:
        return value if value in VALUES[name] else None
    return value


def _prefixed(identity: str) -> str:
    identity = ODD.sub("-", identity)
    if OURS.fullmatch(identity):
        return identity
    return f"{'note' if identity.startswith(('fn:', 'fnref')) else 'part'}-{identity}"


_CLEANER = nh3.Cleaner(
    tags=set(TAGS),
    attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
    attribute_filter=_kept,
    link_rel=None,
    url_schemes=set(),
    strip_comments=True,
)
