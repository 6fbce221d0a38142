"""The instructor's pages: list, editor, preview, publication, and two people on one lesson."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from lms.accounts.permissions import Role
from lms.accounts.rules import SYSTEM
from lms.courses import edition, queries, service
from lms.courses.models import CourseRevision, LessonDraft
from lms.courses.renderer import renderers
from lms.courses.source import tree_in
from lms.facts.standing import questions_in
from lms.kernel.clock import FrozenClock
from lms.web.site import EXTENSION, Site
from tests.support.browser import Visitor
from tests.support.cast import Cast, Person, cast_of, person
from tests.support.statements import is_write, statements_on
from tests.support.writing import TODAY, write_program

EDIT = "/lessons/lesson-one/edit"
PREVIEWS = "/lessons/lesson-one/previews"
DRAFTS = "/lessons/lesson-one/drafts"
PUBLICATION = "/lessons/lesson-one/publication"


@pytest.fixture(scope="module", autouse=True)
def quiet_renderers() -> Iterator[None]:
    yield
    renderers.close()


@pytest.fixture
def people(site: Site, clock: FrozenClock, tmp_path: Path) -> Cast:
    folder = write_program(tmp_path / "program")
    tree, _ = tree_in(folder / "courses", today=TODAY, banks=questions_in(folder / "question_banks"), reader=edition)
    with site.database.writing() as session:
        service.publish(session, actor=SYSTEM, tree=tree, now=clock.now())
        return cast_of(session, now=clock.now())


@pytest.fixture
def colleague(site: Site, people: Cast, clock: FrozenClock) -> Person:
    del people
    with site.database.writing() as session:
        return person(session, name="Second Instructor", role=Role.INSTRUCTOR, now=clock.now())


@pytest.fixture
def instructor(app: Flask, people: Cast) -> Visitor:
    return Visitor(app).signs_in_as(people.instructor)


def text_of(site: Site) -> str:
    with site.database.reading() as session:
        found = queries.lesson_head(session, "lesson-one")
    assert found is not None
    return found.source


def fields(visitor: Visitor, text: str, **more: str) -> dict[str, str]:
    """What the editor's form sends, with `text` in it."""
    return {"source": text, "based_on": visitor.page.hidden("based_on") or "", "seen": visitor.page.hidden("seen") or "", **more}


def saved(visitor: Visitor, text: str, **more: str) -> TestResponse:
    return visitor.sends(DRAFTS, **fields(visitor, text, **more))


def count(site: Site, model: type) -> int:
    with site.database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_only_those_who_write_lessons_come_in(app: Flask, people: Cast) -> None:
    for who in people.people:
        visitor = Visitor(app).signs_in_as(who)
        expected = 200 if who.role is Role.INSTRUCTOR else 403
        for path in ("/lessons", EDIT):
            assert visitor.opens(path).status_code == expected, who.role
    assert Visitor(app).opens("/lessons").status_code in {302, 303}


def test_the_list_shows_every_lesson_with_its_revision(instructor: Visitor) -> None:
    shown = instructor.opens("/lessons").text
    assert "Title of lesson-one" in shown
    assert "Title of lesson-two" in shown
    assert "Revision 1" in shown
    assert "Draft saved" not in shown


def test_the_editor_shows_text_preview_and_checks_with_their_keys(instructor: Visitor, site: Site) -> None:
    shown = instructor.opens(EDIT)
    area = instructor.page.all("textarea")[0]
    assert area.text.strip() == text_of(site).strip()
    assert '<h2 id="part-what-the-paper-says">' in shown.text
    assert "Correct:" in shown.text
    assert "words, about 1 minutes to read" in shown.text


def test_an_unknown_lesson_or_draft_is_not_there(instructor: Visitor) -> None:
    assert instructor.opens("/lessons/lesson-nine/edit").status_code == 404
    assert instructor.opens(f"{EDIT}?draft=00000000-0000-4000-8000-000000000000").status_code == 404


def test_the_script_gets_preview_and_faults_as_json(instructor: Visitor, site: Site) -> None:
    instructor.opens(EDIT)
    text = text_of(site).replace("## What the paper says", "# What the paper says")
    data = {"csrf_token": instructor.token(), **fields(instructor, text)}
    answer = instructor.client.post(PREVIEWS, data=data, headers={"Accept": "application/json"})
    assert answer.status_code == 200
    told = answer.get_json()
    assert [(fault["line"], fault["fix"]) for fault in told["faults"]] == [(13, "start it with ##")]
    assert told["html"].lstrip().startswith("<article")
    assert told["minutes"] == 1
    assert count(site, LessonDraft) == 0


def test_without_script_the_preview_is_a_page_with_the_text_still_in_it(instructor: Visitor, site: Site) -> None:
    instructor.opens(EDIT)
    text = text_of(site).replace("reads the paper", "reads every paper").replace("## What", "# What")
    answer = instructor.sends(PREVIEWS, **fields(instructor, text))
    assert answer.status_code == 200
    assert "reads every paper" in instructor.page.all("textarea")[0].text
    assert "1 fault" in answer.text
    assert 'data-line="13"' in answer.text
    assert count(site, LessonDraft) == 0


def test_a_bomb_is_told_to_its_author_and_costs_no_write_lock(instructor: Visitor, site: Site) -> None:
    instructor.opens(EDIT)
    data = {"csrf_token": instructor.token(), **fields(instructor, "[" * 32_000)}
    with statements_on(site.database) as heard:
        answer = instructor.client.post(PREVIEWS, data=data, headers={"Accept": "application/json"})
    assert answer.status_code == 422
    assert "more than 2 seconds" in answer.get_json()["detail"]
    assert heard
    assert not [one for one in heard if is_write(one)]
    page = instructor.sends(PREVIEWS, **fields(instructor, "[" * 32_000))
    assert page.status_code == 200
    assert "There is no preview." in page.text


def test_a_text_too_long_is_refused_with_the_text_still_there(instructor: Visitor) -> None:
    instructor.opens(EDIT)
    answer = saved(instructor, "a" * (256 * 1024 + 1))
    assert answer.status_code == 422
    assert "longer than 256 KB" in answer.text


def test_a_draft_is_saved_shown_again_and_listed(instructor: Visitor, site: Site) -> None:
    instructor.opens(EDIT)
    answer = saved(instructor, text_of(site).replace("reads the paper", "reads every paper"))
    shown = instructor.follows(answer)
    assert "Your draft is saved." in shown.text
    assert "reads every paper" in instructor.page.all("textarea")[0].text
    assert "Draft 1" in shown.text
    assert "Draft saved" in instructor.opens("/lessons").text
    assert "reads the paper" in text_of(site), "a draft must not change what officers read"


def test_two_people_on_one_lesson_both_keep_their_text(
    app: Flask, instructor: Visitor, colleague: Person, site: Site, clock: FrozenClock
) -> None:
    second = Visitor(app).signs_in_as(colleague)
    instructor.opens(EDIT)
    second.opens(EDIT)
    assert saved(instructor, text_of(site).replace("reads the paper", "reads the first paper")).status_code == 303
    clock.advance(timedelta(minutes=1))
    answer = saved(second, text_of(site).replace("reads the paper", "reads the second paper"))
    assert answer.status_code == 409
    areas = [area.text for area in second.page.all("textarea")]
    assert any("reads the second paper" in area for area in areas)
    assert any("reads the first paper" in area for area in areas)
    assert "<del>first</del>" in answer.text
    assert "<ins>second</ins>" in answer.text
    assert count(site, LessonDraft) == 2
    merged = saved(second, text_of(site).replace("reads the paper", "reads the first and the second paper"))
    assert merged.status_code == 303
    assert "first and the second" in second.follows(merged).text


def publication_of(visitor: Visitor, site: Site, *, old: str = "reads the paper", new: str = "reads every paper") -> TestResponse:
    visitor.opens(EDIT)
    answer = saved(visitor, text_of(site).replace(old, new), then="publication")
    return visitor.follows(answer)


def test_the_publication_page_shows_what_changes_and_who_is_affected(app: Flask, instructor: Visitor, site: Site) -> None:
    asked: list[list[str]] = []

    def classes(_session: object, hashes: list[str], **_moment: object) -> int:
        asked.append(hashes)
        return 2

    app.extensions[EXTENSION] = replace(app.extensions[EXTENSION], classes_under_way=classes)
    shown = publication_of(instructor, site)
    assert "<ins>every</ins>" in shown.text
    assert "revision 2 replaces revision 1" in " ".join(shown.text.split())
    assert "2 classes under way keep" in " ".join(shown.text.split())
    assert len(asked[0]) == 1


def test_publishing_needs_a_note_and_makes_a_new_revision(instructor: Visitor, site: Site) -> None:
    publication_of(instructor, site)
    draft = instructor.page.hidden("draft") or ""
    refused = instructor.sends(PUBLICATION, draft=draft, note="")
    assert refused.status_code == 422
    assert "Say what is new." in refused.text
    done = instructor.sends(PUBLICATION, draft=draft, note="Every paper, not only one")
    shown = instructor.follows(done)
    assert "is published" in shown.text
    assert "Every paper, not only one" in shown.text
    assert "reads every paper" in text_of(site)
    with site.database.reading() as session:
        head = queries.head(session, "mini")
    assert head is not None
    assert (head.number, head.published_by is not None) == (2, True)


def test_a_lesson_with_faults_is_shown_with_them_and_not_published(instructor: Visitor, site: Site) -> None:
    shown = publication_of(instructor, site, old="practice: 29", new="practice: 39")
    assert "would take 70 minutes" in shown.text
    assert "Publish this edition" not in shown.text
    draft = parse_qs(urlsplit(shown.request.full_path).query)["draft"][0]
    refused = instructor.sends(PUBLICATION, draft=draft, note="Longer")
    assert refused.status_code == 422
    assert "The lesson has 1 fault" in refused.text
    assert count(site, CourseRevision) == 1


def test_publishing_on_an_edition_that_moved_on_shows_both_texts(
    app: Flask, instructor: Visitor, colleague: Person, site: Site, clock: FrozenClock
) -> None:
    publication_of(instructor, site)
    draft = instructor.page.hidden("draft") or ""
    second = Visitor(app).signs_in_as(colleague)
    second.opens(EDIT)
    clock.advance(timedelta(minutes=1))
    publication_of(second, site, new="reads any paper")
    assert second.sends(PUBLICATION, draft=second.page.hidden("draft") or "", note="Any").status_code == 303
    answer = instructor.sends(PUBLICATION, draft=draft, note="Every")
    assert answer.status_code == 409
    assert "reads any paper" in answer.text
    assert "reads every paper" in answer.text
    assert instructor.opens(f"{PUBLICATION}?draft={draft}").status_code == 409
    assert "reads any paper" in text_of(site)


def test_publication_without_a_draft_leads_to_the_editor(instructor: Visitor) -> None:
    assert instructor.opens(PUBLICATION).headers["Location"].endswith(EDIT)
    instructor.opens(EDIT)
    assert instructor.sends(PUBLICATION, draft="nothing", note="x").status_code == 404
