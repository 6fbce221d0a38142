"""What comes out of Markdown: citations, blocks and boxes, and nothing that an author should not be able to put on a page."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.courses.blocks import blocks_in
from lms.courses.edition import lesson_edition
from lms.courses.markdown import Rendered, inline, render
from lms.courses.sanitizer import ATTRIBUTES, CLASSES, OURS, TAGS, sanitized
from lms.facts.source import register_from
from tests.support.writing import TODAY, check, lesson, register, scenario

FACTS, _ = register_from(register(), path="facts.toml", today=TODAY)


def rendered(body: str) -> Rendered:
    blocks, _ = blocks_in(body, path="lesson.md")
    return render(body, facts=FACTS, blocks=blocks)


class Tags(HTMLParser):
    """Every tag and attribute of a text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, attrs))


def assert_harmless(html: str) -> None:
    for tag, attributes in Tags(html).found:
        assert tag in TAGS, html
        for name, value in attributes:
            assert name in ATTRIBUTES["*"] | ATTRIBUTES.get(tag, set()), html
            if name == "href":
                assert re.fullmatch(r"#[\w.:-]+", value or ""), html
            if name == "id":
                assert OURS.fullmatch(value or ""), html
            if name == "class":
                assert set((value or "").split()) <= CLASSES, html


def test_a_citation_becomes_a_link_to_its_source() -> None:
    found = rendered("The law says so [IL-01].")
    assert '<a class="fact-ref" href="#fact-IL-01">IL-01</a>' in found.html
    assert '<li id="fact-IL-01">' in found.html
    assert "<cite>8 U.S.C. 1357(g)(1)</cite>" in found.html
    assert "Settled. As of November 1, 2026." in found.html
    assert found.cited == ("IL-01",)


def test_what_is_not_settled_says_so_at_the_citation_and_in_the_sources() -> None:
    found = rendered("It is disputed [IL-02.1], and one court held [CR-14].").html
    assert 'class="fact-ref unsettled"' in found
    assert "Not settled: follow current instruction from ICE" in found
    assert "Holding of one court (4th Cir.)" in found


def test_an_unknown_citation_stays_text() -> None:
    assert rendered("So it is said [IL-99].").html == "<p>So it is said [IL-99].</p>"


def test_headings_get_ids_and_make_the_outline() -> None:
    found = rendered("## Count to two\n\n### Limits & powers\n\nText [IL-01].")
    assert [(entry.id, entry.title, entry.level) for entry in found.outline] == [
        ("part-count-to-two", "Count to two", 2),
        ("part-limits-powers", "Limits & powers", 3),
        ("part-sources", "Sources", 2),
    ]
    for entry in found.outline:
        assert f'id="{entry.id}"' in found.html


def test_boxes_tables_footnotes_and_code_are_rendered() -> None:
    found = rendered(
        '!!! warning "Limit"\n    Stop.\n\n??? question "What now?"\n    Call.\n\n| | A |\n|---|:-:|\n| x | 1 |\n\nNoted[^1].\n\n'
        "[^1]: A note.\n\n```text\n<plain>\n```\n"
    ).html
    assert '<div class="admonition warning">' in found
    assert '<details class="question">' in found
    assert "<summary>What now?</summary>" in found
    assert '<td align="center">1</td>' in found
    assert "<th></th>" not in found
    assert 'href="#note-fn:1"' in found
    assert 'id="note-fn:1"' in found
    assert "<code>&lt;plain&gt;" in found


def test_a_scenario_is_played_by_links_alone() -> None:
    found = rendered(f"## Scenario\n\n{scenario()}").html
    assert '<section class="scenario" aria-labelledby="scene-SCN-1">' in found
    assert '<h3 id="scene-SCN-1">The paper at noon</h3>' in found
    targets = set(re.findall(r'href="#(scene-[\w-]+)"', found))
    assert targets == set(re.findall(r'<div class="scene[^"]*" id="(scene-[\w-]+)"', found))
    assert '<div class="scene ending unsound" id="scene-SCN-1-ignored"' in found
    assert '<a class="fact-ref" href="#fact-IL-01">' in found
    assert_harmless(found)


def test_a_check_is_taken_out_of_the_text_and_its_key_out_of_the_check() -> None:
    found = rendered(f"## Remember\n\nOne.\n\n## Check of understanding\n\n{check('CHK-1', 'ONE-1')}")
    assert "Check of understanding" not in found.html
    assert "newspaper" not in found.html
    (shown,) = found.checks
    assert shown == {
        "id": "CHK-1",
        "objective": "ONE-1",
        "prompt_html": "What comes first?",
        "choices": [
            {"id": "a", "html": "Read the paper."},
            {"id": "b", "html": "Call the newspaper at once."},
            {"id": "c", "html": "Wait for another deputy."},
        ],
    }
    assert found.check_keys["CHK-1"]["correct"] == "a"
    assert "correct" not in str(shown)
    assert 'href="#fact-IL-01"' in found.check_keys["CHK-1"]["feedback"]["a"]


def test_a_block_with_faults_is_replaced_by_a_sentence_that_shows_no_key() -> None:
    found = rendered(check("CHK-1", "ONE-1").replace('prompt = "What comes first?"\n', ""))
    assert "This check has 1 fault and cannot be shown." in found.html
    assert "newspaper" not in found.html
    assert found.checks == ()


def test_html_is_shown_as_it_was_typed() -> None:
    found = rendered("<script>alert(1)</script> and <b>bold</b> & <img src=x onerror=alert(1)>").html
    assert "<script" not in found
    assert "&lt;script&gt;" in found
    assert "<b>" not in found
    assert "<img" not in found


@pytest.mark.parametrize(
    "text",
    [
        "[a](https://example.org)",
        "[a](//example.org/x)",
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt:alert(1))",
        "[a](data:text/html;base64,PHNjcmlwdD4=)",
        "[a](&#106;avascript:alert(1))",
        "[a]: https://example.org\n\n[a]",
        "<https://example.org>",
        "![a](https://example.org/x.png)",
        "![a][b]\n\n[b]: https://example.org/x.png",
        "[a](/sign-out)",
        '[a](# "x" onclick=alert(1))',
        '!!! note" onclick="alert(1)\n    Text',
        '??? note x" onclick="alert(1)" "T"\n    Text',
        "*[HTML]: <script>alert(1)</script>\n\nHTML",
        "## x {: onclick=alert(1) id=main }",
        "[^<script>]: x\n\ny[^<script>]",
        '| a |\n|---|\n| <iframe src="https://example.org"> |',
        "```html\n<script>alert(1)</script>\n```",
        "<svg/onload=alert(1)>",
        "<!-- --><script>alert(1)</script>",
        "</article></main><h1>Signed out</h1>",
    ],
)
def test_no_hostile_text_leaves_the_page(text: str) -> None:
    html = rendered(text).html
    assert_harmless(html)
    assert_harmless(inline(text, facts=FACTS))


@pytest.mark.parametrize(
    "html",
    [
        '<p id="main" class="masthead">x</p>',
        '<a id="sign-out" href="#main">x</a>',
        '<a href="#fact-IL-01" onclick="x()">x</a>',
        '<div role="navigation" tabindex="3" aria-label="a">x</div>',
        '<form action="/x"><input name="csrf_token"></form>',
        '<style>p{display:none}</style><p style="position:fixed">x</p>',
        '<math><mi xlink:href="javascript:x()">x</mi></math>',
        '<td align="javascript:">x</td>',
    ],
)
def test_the_sanitizer_alone_would_do(html: str) -> None:
    found = sanitized(html)
    assert_harmless(found)
    assert 'id="main"' not in found
    assert "masthead" not in found
    assert "position" not in found


PIECES = (
    *("<script>", "</script>", "<img src=x onerror=alert(1)>", "<svg/onload=x>", "<a href=javascript:x>", "<base href=//x>", "<!--", "-->"),
    *("javascript:", "https://example.org", "//example.org", "data:text/html,", "&#106;", "onclick=", "style=", "id=", "href=", "a"),
    *("[a](", ")", "[", "]", "![", "<", ">", '"', "'", "`", "```\n", "{: ", "}", "!!! note\n    ", "??? note\n    ", "\n", "\n\n", "    "),
    *("# ", "* ", "| a |\n|---|\n", "[^1]", "[^1]: ", "[IL-01]", "*", "_", "*[a]: ", "\x00", "\u202e"),
)
HOSTILE = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(HOSTILE, st.text(max_size=200)))
def test_whatever_is_written_only_harmless_html_comes_out(text: str) -> None:
    assert_harmless(rendered(text).html)
    assert_harmless(inline(text, facts=FACTS))


@settings(max_examples=250, deadline=None)
@given(HOSTILE)
def test_whatever_html_is_given_the_sanitizer_lets_only_harmless_html_through(html: str) -> None:
    assert_harmless(sanitized(html))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=HOSTILE, place=st.integers(0, 40))
def test_whatever_stands_in_a_lesson_it_is_read_without_breaking(text: str, place: int) -> None:
    lines = lesson("lesson-one", "ONE-1", body=scenario()).splitlines()
    lines.insert(place, text)
    edition = lesson_edition("\n".join(lines), path="lesson.md", facts=FACTS, today=TODAY)
    assert_harmless(edition.rendered.html)


def test_an_edition_is_named_by_source_facts_and_renderer() -> None:
    text = lesson("lesson-one", "ONE-1")
    one = lesson_edition(text, path="a.md", facts=FACTS, today=TODAY)
    same = lesson_edition(text.replace("\n", "\r\n") + "\n\n", path="b.md", facts=FACTS, today=TODAY)
    other, _ = register_from(register().replace("statement of IL-01", "new statement of IL-01"), path="f", today=TODAY)
    assert one.hash == same.hash
    assert one.rendered == same.rendered
    assert lesson_edition(text, path="a.md", facts=other, today=TODAY).hash != one.hash
    assert lesson_edition(text + "x\n", path="a.md", facts=FACTS, today=TODAY).hash != one.hash
