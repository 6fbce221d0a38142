"""What is wrong with the running text of a lesson: headings, raw HTML, addresses of other sites, boxes, citations, hard reading."""

import re
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet

from lms.courses.blocks import Block
from lms.facts.faults import Fault
from lms.facts.source import Fact, Status

CITATION = re.compile(r"\[((?:IL|CR|RP|CA|OLD)-\d+(?:\.\d+)?)\]")
NEARLY_CITATION = re.compile(r"\[((?:IL|CR|RP|CA|OLD)-[^\]\s]*[^\]]*)\]")
BOXES = ("note", "tip", "warning", "example", "question")
HEADING = re.compile(r"^[\s>]*(#{1,6})\s+(\S.*)$")
UNDERLINE = re.compile(r"^(=+|-{2,})\s*$")
BOX = re.compile(r"^\s*(!!!|\?\?\?\+?)\s*([A-Za-z]*)")
RAW_HTML = re.compile(r"<(?:/?[A-Za-z][^<>]*|!--.*|![A-Za-z][^<>]*|\?.*)>?")
ADDRESS = re.compile(r"(?:\b[a-z][a-z0-9+.-]*:)?//[\w.-]+|\bwww\.\w|\b(?:mailto|javascript|data|vbscript|file):\S", re.IGNORECASE)
LINK = re.compile(r"\]\(\s*(?!#)[^)\s]+|^\s*\[[^\]^]+\]:\s+\S", re.MULTILINE)
INLINE_CODE = re.compile(r"(`+).+?\1")
WORD = re.compile(r"\w+(?:['\u2019.,/-]\w+)*")
WORDS_A_MINUTE = 130
HARDEST_GRADE = 12
"""The highest school grade, by Flesch and Kincaid, for which a lesson may be written."""
SPOKEN_WORD = re.compile(r"[A-Za-z]+(?:['\u2019][A-Za-z]+)*")
VOWELS = re.compile(r"[aeiouy]+")
SILENT_END = re.compile(r"(?<![aeiouyl])e$|(?<![aeiouytd])ed$")
NO_SENTENCE = re.compile(r"^\s*(?:#|\||\*\[|\[\^|!!!|\?\?\?|[=-]{2,}\s*$)")
LIST_MARK = re.compile(r"^\s*(?:>\s*)*(?:[-*+]\s+|\d+[.)]\s+|:\s+)?")
SENTENCE_END = re.compile(r"[.!?]+[\"'\u2019\u201d*_)]*(?:\s|$)")
NOT_AN_END = re.compile(
    r"(?<=\b[A-Z])\.|(?<=\d)\.(?=\d)|(?<=\bNo)\.|(?<=\bCir)\.|(?<=\bMr)\.|(?<=\bMs)\.|(?<=\bMrs)\.|(?<=\bDr)\.|(?<=\bv)\."
)


def prose_lines(body: str, blocks: Iterable[Block], *, first_line: int) -> Iterator[tuple[int, str]]:
    """(line in the file, text) of every line outside fenced blocks."""
    fenced = {at for block in blocks for at in range(block.start, block.end)}
    for at, text in enumerate(body.splitlines()):
        if at not in fenced:
            yield first_line + at, text


def words_in(lines: Iterable[tuple[int, str]]) -> int:
    """How many words a reader reads in `lines`, citations left out."""
    return sum(len(WORD.findall(CITATION.sub(" ", text))) for _, text in lines)


def text_faults(lines: list[tuple[int, str]], *, path: str) -> list[Fault]:
    """Everything wrong with the running text, except its citations."""
    faults = heading_faults(lines, path=path)
    for line, text in lines:
        faults.extend(Fault(path, line, what, fix) for what, fix in _line_faults(INLINE_CODE.sub(" ", text)))
    return faults


def heading_faults(lines: list[tuple[int, str]], *, path: str) -> list[Fault]:
    """An h1, and every heading more than one level below the one before it."""
    faults = []
    level = 1
    for line, own in headings(lines):
        if own == 1:
            faults.append(Fault(path, line, "This is a heading of the first level, which is the page's title", "start it with ##"))
        elif own > level + 1:
            faults.append(Fault(path, line, f"The heading skips from level {level} to level {own}", f"start it with {'#' * (level + 1)}"))
        level = max(own, 2)
    return faults


def headings(lines: list[tuple[int, str]]) -> Iterator[tuple[int, int]]:
    """(line, level) of each heading, underlined ones included."""
    for at, (line, text) in enumerate(lines):
        marked = HEADING.match(text)
        underlined = UNDERLINE.match(text)
        before = lines[at - 1][1].strip() if at else ""
        if marked:
            yield line, len(marked[1])
        elif underlined and before and not before.startswith(("#", "|", "-", ">")):
            yield line - 1, 1 if underlined[1][0] == "=" else 2


def _line_faults(text: str) -> Iterator[tuple[str, str]]:
    if "![" in text:
        yield "Pictures cannot be shown", "describe it in words"
    address = ADDRESS.search(text)
    if address:
        yield f"The text holds the address {address[0]}", "cite the source in words"
    elif LINK.search(text):
        yield "The text holds a link", "cite the source in words; only links within the page (#...) are followed"
    if RAW_HTML.search(text):
        yield "The text holds HTML", "write it in Markdown"
    box = BOX.match(text)
    if box and box[2] not in BOXES:
        yield f"Nobody knows a box called `{box[2]}`", f"use one of: {', '.join(BOXES)}"


def citations_in(text: str) -> list[str]:
    """The fact ids cited in `text`, in order, repeats included."""
    return CITATION.findall(text)


def citation_faults(lines: Iterable[tuple[int, str]], facts: Mapping[str, Fact], *, path: str) -> list[Fault]:
    """Every cited fact that the register does not know, that is superseded, or that is written so that nobody finds it."""
    faults = []
    for line, text in lines:
        for cited in NEARLY_CITATION.findall(text):
            whole = CITATION.fullmatch(f"[{cited}]")
            if whole is None:
                faults.append(
                    Fault(path, line, f"[{cited}] is not a citation", "write each fact in brackets of its own, as in [IL-01] [IL-02]")
                )
            elif cited not in facts:
                faults.append(Fault(path, line, f"The register has no fact {cited}", "cite one it has, or add the fact first"))
            elif facts[cited].status == Status.SUPERSEDED:
                faults.append(Fault(path, line, f"{cited} is superseded: it is wrong today", "cite what is right now"))
    return faults


def reading_faults(words: int, minutes: int, *, path: str, line: int) -> list[Fault]:
    """A reading time more than 25 percent away from the words at 130 a minute."""
    if abs(words - minutes * WORDS_A_MINUTE) * 4 <= minutes * WORDS_A_MINUTE:
        return []
    likely = max(round(words / WORDS_A_MINUTE), 1)
    return [Fault(path, line, f"{minutes} reading minutes do not fit {words} words", f"say about {likely}, or change the text")]


def grade_faults(lines: Iterable[tuple[int, str]], *, path: str, line: int) -> list[Fault]:
    """A text that asks for more than twelve years of school."""
    grade = reading_grade(text for _, text in lines)
    if grade <= HARDEST_GRADE:
        return []
    return [Fault(path, line, f"The text reads at grade {grade:.1f}", f"use shorter sentences and words: {HARDEST_GRADE} at most")]


def reading_grade(lines: Iterable[str]) -> float:
    """The school grade of running text by Flesch and Kincaid. Headings and tables are no sentences, and are left out."""
    text = NOT_AN_END.sub("", " ".join(_as_sentences(lines)))
    sentences = sum(SPOKEN_WORD.search(part) is not None for part in SENTENCE_END.split(text))
    words = SPOKEN_WORD.findall(text)
    if not sentences:
        return 0.0
    return 0.39 * len(words) / sentences + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def syllables(word: str) -> int:
    """How many syllables an English word has, by its groups of vowels; at least one."""
    return max(1, len(VOWELS.findall(SILENT_END.sub("", word.casefold()))))


def _as_sentences(lines: Iterable[str]) -> Iterator[str]:
    """The lines that are running text. An entry of a list ends where the next begins, with or without a period."""
    before = ""
    for line in lines:
        text = CITATION.sub(" ", line).strip()
        if not text or NO_SENTENCE.match(line) or LIST_MARK.match(line)[0].strip():  # type: ignore[index] # the pattern fits every text
            yield from [f"{before}." if before and not SENTENCE_END.search(f"{before} ") else before]
            before = "" if not text or NO_SENTENCE.match(line) else LIST_MARK.sub("", text)
        else:
            before = f"{before} {text}".strip()
    yield before


def listed_faults(listed: AbstractSet[str], cited: AbstractSet[str], *, path: str, line: int) -> list[Fault]:
    """The difference between the facts that the front matter lists and those that the lesson cites."""
    faults = [Fault(path, line, f"{fact} is listed and never cited", "remove it from facts, or cite it") for fact in sorted(listed - cited)]
    faults.extend(Fault(path, line, f"{fact} is cited and not listed", "add it to facts") for fact in sorted(cited - listed))
    return faults
