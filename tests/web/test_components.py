"""Each component alone, the layouts, and the vendored assets they stand on."""

import hashlib
import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from tests.web.gallery import PAGE, WEB, Sample, environment

STATIC = WEB / "static"
USWDS = STATIC / "vendor" / "uswds"
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
NOW = datetime(2026, 11, 22, 17, 42, 7, tzinfo=UTC)


def show(component: str, call: str, **context: object) -> str:
    """What a call of a macro renders, with runs of white space as one space."""
    name = re.split(r"\(", call.removeprefix("{% call ").strip())[0]
    source = f'{{% from "components/{component}.html" import {name} %}}'
    source += call if call.startswith("{%") else f"{{{{ {call} }}}}"
    return re.sub(r"\s+", " ", environment().from_string(source).render(context)).strip()


def wrong() -> Sample:
    form = Sample(MultiDict({"agency": "Rio Seco Police Department"}))
    form.validate()
    return form


def files(pattern: str) -> list[Any]:
    return [pytest.param(path, id=path.name) for path in sorted(STATIC.rglob(pattern))]


def test_an_icon_is_silent_unless_it_is_labeled() -> None:
    assert 'aria-hidden="true"' in show("icon", "icon('check')")
    assert 'role="img" aria-label="Done"' in show("icon", "icon('check', 'Done')")


def test_a_field_ties_its_hint_and_its_error_to_the_input() -> None:
    html = show("field", "field(form.name)", form=wrong())
    assert 'aria-describedby="name-hint name-error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="name-error"' in html
    assert "Enter your full name" in html


def test_a_field_passes_attributes_on_to_the_input() -> None:
    assert 'autocomplete="name"' in show("field", "field(form.name, autocomplete='name')", form=Sample())


def test_a_field_that_may_be_left_empty_says_so() -> None:
    assert "(optional)" in show("field", "field(form.number)", form=Sample())
    assert "(optional)" not in show("field", "field(form.name)", form=Sample())
    assert "(optional)" not in show("field", "field(form.number, optional=false)", form=Sample())


@pytest.mark.parametrize("name", ["choice", "subjects"])
def test_a_group_of_choices_is_a_fieldset_with_a_legend(name: str) -> None:
    html = show("field", f"field(form.{name}, choices=true)", form=Sample())
    assert '<fieldset class="usa-fieldset choices"' in html
    assert "<legend" in html
    assert html.count("<input") == 2


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("mail", 'type="email"'),
        ("password", 'type="password"'),
        ("agency", 'class="usa-select"'),
        ("reason", 'class="usa-textarea"'),
        ("born", 'type="date"'),
        ("paper", 'type="file"'),
        ("agreed", 'class="usa-checkbox__input"'),
    ],
)
def test_each_kind_of_field_gets_its_own_control(name: str, part: str) -> None:
    html = show("field", f"field(form.{name})", form=Sample())
    assert part in html
    assert f'for="{name}"' in html


def test_the_error_summary_links_to_each_field_and_takes_the_focus() -> None:
    html = show("form", "error_summary(form)", form=wrong())
    assert "autofocus" in html
    assert '<a href="#name">Enter your full name</a>' in html
    assert '<a href="#choice-0">Choose one answer</a>' in html


def test_without_errors_there_is_no_summary() -> None:
    assert not show("form", "error_summary(form)", form=Sample())


def test_a_form_that_changes_something_carries_the_token() -> None:
    assert 'name="csrf_token" value="token"' in show("form", "{% call form('/x') %}body{% endcall %}")
    assert "csrf_token" not in show("form", "{% call form('/x', method='get') %}body{% endcall %}")


def test_a_button_is_named_and_may_carry_data() -> None:
    html = show("button", "button('Flag', 'outline', 'flag', name='flag', value='1', data_x='y', disabled=true)")
    assert 'name="flag" value="1"' in html
    assert 'data_x="y"' in html
    assert " disabled" in html
    assert "usa-button--outline" in html


def test_a_form_of_one_button_sends_its_fields() -> None:
    html = show("button", "post_button('/x', 'Pause', fields={'reason': 'fire drill'})")
    assert 'name="reason" value="fire drill"' in html
    assert 'name="csrf_token"' in html


def test_a_link_can_look_like_a_button() -> None:
    assert '<a class="usa-button usa-button--unstyled" href="/x">Cancel</a>' in show("button", "link_button('Cancel', '/x', 'quiet')")


def test_a_table_has_a_caption_scopes_and_labels_for_small_screens() -> None:
    html = show("table", "table('Scores', ['Officer', ('Score', 'number')], [['Rivera', 92]])")
    assert "<caption >Scores</caption>" in html
    assert html.count('scope="col"') == 2
    assert '<th scope="row" data-label="Officer" class="">Rivera</th>' in html
    assert '<td data-label="Score" class="is-number">92</td>' in html


def test_a_table_takes_rows_of_its_caller() -> None:
    assert "<tr><td>x</td></tr>" in show("table", "{% call table('T', ['A']) %}<tr><td>x</td></tr>{% endcall %}")


def test_cells_are_escaped() -> None:
    assert "&lt;b&gt;" in show("table", "table('T', ['A'], [['<b>']])")


@pytest.mark.parametrize("word", ["valid", "suspended", "superseded", "revoked", "expired", "not found", "typing slip"])
def test_a_verdict_says_its_word_beside_an_icon(word: str) -> None:
    html = show("status", "verdict(word, 'note')", word=word)
    assert f'<strong class="verdict__word">{word}</strong>' in html
    assert "<use " in html
    assert word.capitalize() in show("status", "certificate_tag(word)", word=word)


def test_words_of_a_certificate_differ_in_icon_or_tone() -> None:
    words = ["valid", "suspended", "superseded", "revoked", "expired", "not found"]
    assert len({show("status", "verdict(word)", word=word).replace(word, "") for word in words}) == len(words)


@pytest.mark.parametrize("standing", ["in training", "retake offered", "passed", "disqualified"])
def test_a_standing_is_told_in_words(standing: str) -> None:
    assert f"{standing.capitalize()}</span>" in show("status", "standing_tag(standing)", standing=standing)


def test_progress_is_told_in_figures_too() -> None:
    html = show("progress", "progress('Hours banked', 5, 8)")
    assert "<b>5 of 8 hours</b>" in html
    assert '<progress max="8" value="5" aria-label="Hours banked">' in html


def test_the_current_step_is_marked() -> None:
    html = show("progress", "steps([('Enrolled', 'done'), ('In training', 'current'), ('Exam', 'next')])")
    assert html.count('aria-current="step"') == 1
    assert html.count('aria-label="Done"') == 1


def test_a_gate_says_its_state_its_reason_and_its_source() -> None:
    items = [
        {"label": "Agreement in force", "state": "met", "reason": None, "source": None},
        {"label": "Check", "state": "unknown", "reason": "Nothing recorded.", "source": "Agreement, section III"},
    ]
    html = show("gates", "gates(items)", items=items)
    assert '<span class="gates__state">Met</span>' in html
    assert "Nothing recorded. <cite>(Agreement, section III)</cite>" in html


@pytest.mark.parametrize(("kind", "word"), [("info", "Note"), ("warning", "Warning"), ("error", "Error"), ("success", "Done")])
def test_a_notice_says_its_kind_to_screen_readers(kind: str, word: str) -> None:
    assert f'aria-label="{word}"' in show("notice", "notice('text', kind)", kind=kind)


def test_only_a_live_notice_interrupts() -> None:
    assert "role=" not in show("notice", "notice('text', 'error')").replace('role="img"', "")
    assert 'role="alert"' in show("notice", "notice('text', 'error', live=true)")
    assert 'role="status"' in show("notice", "notice('text', live=true)")


def test_a_notice_takes_a_body() -> None:
    assert "<ul></ul>" in show("notice", "{% call notice(title='T') %}<ul></ul>{% endcall %}")


def test_the_navigator_tells_each_state_in_words_and_by_shape() -> None:
    questions = [
        {"number": 1, "seen": True, "answered": True, "flagged": True, "url": "/1"},
        {"number": 2, "seen": True, "answered": False, "flagged": False},
        {"number": 3, "seen": False, "answered": False, "flagged": False, "url": None},
    ]
    html = show("navigator", "navigator(questions, 2)", questions=questions)
    assert "answered, flagged</span>" in html
    assert '<a class="navigator__item is-answered is-flagged" href="/1"' in html
    assert re.search(r'<button class="navigator__item is-seen"[^>]*data-position="2" aria-current="step"', html)
    assert ">not seen</span>" in html


def test_the_timer_says_without_a_script_when_time_ends() -> None:
    html = show("timer", "timer(due, now, 'America/New_York')", due=NOW + timedelta(minutes=38), now=NOW)
    assert "38 min left" in html
    assert "1:20 PM EST" in html
    assert 'data-due="2026-11-22T18:20:07+00:00" data-now="2026-11-22T17:42:07+00:00"' in html


def test_the_save_chip_has_an_icon_for_each_state() -> None:
    html = show("save_chip", "save_chip('saved', 'saved 10:42:07')")
    assert 'data-state="saved"' in html
    assert html.count("data-for=") == 5
    assert "saved 10:42:07" in html


def test_the_breadcrumb_ends_at_this_page() -> None:
    assert 'aria-current="page"> <span>Here</span>' in show("breadcrumb", "breadcrumb([('Home', '/')], 'Here')")


def test_an_empty_list_offers_the_next_thing() -> None:
    assert 'href="/new">Add one</a>' in show("empty", "empty('None yet', 'Text.', ('Add one', '/new'))")


@pytest.mark.parametrize(("page", "numbers"), [(1, "1 2 12"), (4, "1 3 4 5 12"), (12, "1 11 12")])
def test_pages_are_numbered_around_the_current_one(page: int, numbers: str) -> None:
    html = show("pagination", "pagination(page, 12, '/list?page={page}')", page=page)
    assert re.findall(r'aria-label="Page (\d+)"', html) == numbers.split()
    assert html.count('aria-current="page"') == 1
    assert f'aria-label="Page {page}" aria-current="page"' in html


def test_one_page_needs_no_numbers() -> None:
    assert not show("pagination", "pagination(1, 1, '?page={page}')")


def test_neighbors_are_linked_by_name() -> None:
    html = show("pagination", "next_previous(none, ('Two powers', '/2'))")
    assert "<b>Two powers</b>" in html
    assert "prev" not in html.replace("next-previous", "").replace("Next and previous", "")
    assert not show("pagination", "next_previous(none, none)")


def test_definitions_leave_out_what_is_not_known() -> None:
    html = show("definitions", "definitions([('Issued', 'today'), ('Revoked', none)])")
    assert "Issued" in html
    assert "Revoked" not in html


def test_a_moment_is_shown_in_a_zone() -> None:
    assert "Nov 22, 2026, 12:42 PM EST</time>" in show("date_time", "date_time(now, 'America/New_York')", now=NOW)
    assert 'datetime="2026-11-22T17:42:07+00:00"' in show("date_time", "date_time(now)", now=NOW)
    assert "10:42 AM MST" in show("date_time", "clock(now)", now=NOW)


def test_a_day_is_the_day_of_the_zone() -> None:
    late = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
    assert ">Nov 22, 2026<" in show("date_time", "date(late, 'America/New_York')", late=late)
    assert ">November 23, 2026<" in show("date_time", "date(day)", day=date(2026, 11, 23))


@pytest.mark.parametrize(("count", "text"), [(0, "0 min"), (45, "45 min"), (60, "1 h"), (150, "2 h 30 min")])
def test_minutes_are_told_in_hours_and_minutes(count: int, text: str) -> None:
    assert show("date_time", "minutes(count)", count=count) == text


def test_a_number_is_grouped_with_hyphens_as_on_paper() -> None:
    html = show("number", "number('W-7Q2M-9K4T-3XV8-5HJC-R')")
    assert re.findall(r"<span>(\w+)</span>", html) == ["W", "7Q2M", "9K4T", "3XV8", "5HJC", "R"]
    assert re.sub(r"<[^>]+>", "", html) == "W-7Q2M-9K4T-3XV8-5HJC-R"


def test_a_card_links_its_title() -> None:
    html = show("card", "{% call card('Lesson', '/1', eyebrow='Next', level=3, first=true) %}body{% endcall %}")
    assert '<h3 class="card__title"><a href="/1">Lesson</a>' in html
    assert "card--first" in html


@pytest.mark.parametrize("layout", ["page", "wide", "lesson", "exam", "split"])
def test_a_page_has_one_h1_that_is_its_title(layout: str) -> None:
    html = page(layout)
    assert re.findall(r"<h1[^>]*>(.*?)</h1>", html, re.DOTALL) == ["Scores &amp; more"]
    assert "<title>Scores &amp; more · Delegated Authority Training</title>" in html
    assert 'href="#main"' in html
    assert "Not a website or document of ICE" in html


def test_an_exam_page_leads_nowhere_else() -> None:
    html = page("exam")
    assert "<nav" not in html
    assert "Sign out" not in html
    assert re.findall(r'<a [^>]*href="([^"]*)"', html) == ["#main"]


def test_nobody_signed_in_sees_no_sign_out() -> None:
    guest = SimpleNamespace(identity=None, navigation=[], notices=[], sign_in_url="/sign-in")
    html = page("page", page=guest)
    assert "Sign out" not in html
    assert 'href="/sign-in"' in html


def test_signing_out_is_a_form_with_the_token() -> None:
    assert re.search(r'<form method="post" action="/sign-out">\s*<input type="hidden" name="csrf_token"', page("page"))


def page(layout: str, **context: object) -> str:
    given = {"outline": [], "exam_name": "Final", "officer_name": "Rivera", "page": PAGE} | context
    source = f'{{% extends "layouts/{layout}.html" %}}{{% block title %}}Scores &amp; more{{% endblock %}}'
    return environment().from_string(source).render(given)


@pytest.mark.parametrize("path", [pytest.param(path, id=path.name) for path in TEMPLATES])
def test_a_template_begins_with_what_it_is_and_has_nothing_inline(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("{# ")
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)", text)


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    sprite = (USWDS / "img" / "icons.svg").read_text(encoding="utf-8")
    text = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES)
    named = set(re.findall(r"icon\([\"'](\w+)[\"']", text))
    named |= {symbol for component in ("notice", "status", "gates", "save_chip") for symbol in symbols(component)}
    assert len(named) >= 15
    assert {name for name in named if f'id="{name}"' not in sprite} == set()


def symbols(component: str) -> set[str]:
    text = (WEB / "templates" / "components" / f"{component}.html").read_text(encoding="utf-8")
    return set(re.findall(r'\("\w+", "(\w+)"', text)) | set(re.findall(r'": "(\w+)"[,}]', text))


@pytest.mark.parametrize("path", files("*.css"))
def test_every_address_in_a_style_sheet_is_a_committed_file(path: Path) -> None:
    for url in re.findall(r"url\(\s*['\"]?([^'\")]+)", path.read_text(encoding="utf-8")):
        assert url.startswith("data:image/") or (path.parent / url).is_file(), url


def test_the_manifest_names_every_vendored_file_and_its_digest() -> None:
    manifest = json.loads((USWDS / "manifest.json").read_text(encoding="utf-8"))
    found = {path.relative_to(USWDS).as_posix(): path for path in USWDS.rglob("*") if path.is_file()}
    del found["manifest.json"]
    assert {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in found.items()} == manifest["files"]
    assert manifest["integrity"].startswith("sha512-")


def test_the_style_sheets_stay_small() -> None:
    own = sorted((STATIC / "css").glob("*.css"))
    assert all(path.stat().st_size < 25_000 for path in own)
    assert (USWDS / "css" / "uswds.css").stat().st_size < 70_000
