"""What is held against every HTML page that a test fetches."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

from lms.web.headers import SECURITY_HEADERS

VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
UNLABELED = frozenset({"hidden", "submit", "button", "reset"})
OPTIONAL_END = frozenset({"p", "li", "dt", "dd", "option", "tr", "td", "th", "thead", "tbody"})

Attributes = dict[str, str | None]


@dataclass(slots=True)
class Element:
    """One element: its tag, its attributes, the text inside it and the elements around it."""

    tag: str
    attributes: Attributes
    around: tuple["Element", ...]
    text: str = ""

    def said(self) -> str:
        """The text without repeated spaces."""
        return " ".join(self.text.split())

    def is_inside(self, tag: str) -> bool:
        """Whether an element of that tag is around this one."""
        return any(outer.tag == tag for outer in self.around)


@dataclass(slots=True)
class Page:
    """A parsed page."""

    elements: list[Element] = field(default_factory=list)
    unclosed: list[str] = field(default_factory=list)

    def all(self, *tags: str) -> list[Element]:
        """Every element of these tags, in order."""
        return [found for found in self.elements if found.tag in tags]

    def hidden(self, name: str) -> str | None:
        """The value of the first hidden field of that name."""
        fields = (found.attributes for found in self.all("input") if found.attributes.get("name") == name)
        return next((attributes.get("value") for attributes in fields), None)


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self.open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs), tuple(self.open))
        self.page.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.elements.append(Element(tag, dict(attrs), tuple(self.open)))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open[-1].tag != tag and self.open[-1].tag in OPTIONAL_END:
            self.open.pop()
        if self.open and self.open[-1].tag == tag:
            self.open.pop()
        else:
            self.page.unclosed.append(f"</{tag}> closes nothing at {self.getpos()}")

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data


def parsed(html: str) -> Page:
    """The elements of `html`."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    parser.page.unclosed.extend(f"<{element.tag}> is never closed" for element in parser.open if element.tag not in OPTIONAL_END)
    return parser.page


def check_page(html: str, headers: Mapping[str, str]) -> Page:
    """The parsed page; fails with every fault it has."""
    page = parsed(html)
    faults = [*page.unclosed, *_head(page), *_ids(page), *_fields(page), *_forms(page), *_inline(page), *_headers(headers)]
    assert not faults, "\n".join(faults)
    return page


def _head(page: Page) -> Iterator[str]:
    for tag in ("title", "h1", "main"):
        count = len([found for found in page.all(tag) if not found.is_inside("svg")])
        if count != 1:
            yield f"the page has {count} <{tag}> elements, not one"
    titles, headings = page.all("title"), page.all("h1")
    if titles and headings and not titles[0].said().startswith(headings[0].said()):
        yield f"the title {titles[0].said()!r} does not start with the heading {headings[0].said()!r}"
    if headings and not headings[0].said():
        yield "the heading is empty"
    if any(not html.attributes.get("lang") for html in page.all("html")):
        yield "the page does not say its language"


def _ids(page: Page) -> Iterator[str]:
    ids = Counter(found.attributes["id"] for found in page.elements if "id" in found.attributes)
    yield from (f"the id {name!r} stands {count} times" for name, count in ids.items() if count > 1)
    for found in page.elements:
        for attribute in ("aria-describedby", "aria-labelledby", "for"):
            named = (found.attributes.get(attribute) or "").split()
            yield from (f"{attribute}={name!r} points to nothing" for name in named if name not in ids)


def _fields(page: Page) -> Iterator[str]:
    labeled = {label.attributes.get("for") for label in page.all("label")}
    for found in page.all("input", "select", "textarea"):
        attributes = found.attributes
        if attributes.get("type") in UNLABELED:
            continue
        named = attributes.get("aria-label") or attributes.get("aria-labelledby") or attributes.get("id") in labeled
        if not (named or found.is_inside("label")):
            yield f"<{found.tag} name={attributes.get('name')!r}> has no label"
    yield from ("a button says nothing" for found in page.all("button") if not (found.said() or found.attributes.get("aria-label")))


def _forms(page: Page) -> Iterator[str]:
    for form in page.all("form"):
        method = (form.attributes.get("method") or "").lower()
        if not form.attributes.get("action"):
            yield "a form has no action"
        tokens = [found for found in page.all("input") if form in found.around and found.attributes.get("name") == "csrf_token"]
        if method == "post" and not (len(tokens) == 1 and tokens[0].attributes.get("value")):
            yield f"the form to {form.attributes.get('action')!r} carries {len(tokens)} tokens, not one"
        if method != "post" and tokens:
            yield f"the form to {form.attributes.get('action')!r} would put its token into the address"


def _inline(page: Page) -> Iterator[str]:
    for found in page.elements:
        if found.tag == "style" or (found.tag == "script" and not found.attributes.get("src")):
            yield f"inline <{found.tag}>"
        for name, value in found.attributes.items():
            if name == "style" or name.startswith("on") or (value or "").strip().lower().startswith("javascript:"):
                yield f"inline {name} on <{found.tag}>"


def _headers(headers: Mapping[str, str]) -> Iterator[str]:
    for name, value in SECURITY_HEADERS.items():
        if headers.get(name) != value:
            yield f"the header {name} is {headers.get(name)!r}, not {value!r}"
