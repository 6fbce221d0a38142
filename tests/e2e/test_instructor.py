"""An instructor edits a shipped lesson in the browser, sees it as officers will, and publishes it; with and without scripts."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Dialog, Page, expect
from sqlalchemy.orm import Session

from lms.accounts.permissions import Role
from lms.courses import queries
from lms.courses.renderer import renderers
from tests.e2e.actors import Stage
from tests.support.cast import PASSWORD, Person, person
from tests.support.live import PHONE, faults_of, new_context, passes_second_step

pytestmark = pytest.mark.e2e

LESSON = "authority-source"
EDIT = f"/lessons/{LESSON}/edit"


@pytest.fixture(autouse=True, scope="module")
def quiet_renderers() -> Iterator[None]:
    yield
    renderers.close()


@pytest.fixture
def instructor(stage: Stage) -> Person:
    with stage.live.site.database.writing() as session:
        return person(session, name="Ida Instructor", role=Role.INSTRUCTOR, now=stage.live.clock.now())


def signed_in(stage: Stage, who: Person, **options: object) -> tuple[BrowserContext, Page]:
    context = new_context(stage.browser, stage.live, **options)
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(who.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    passes_second_step(stage.live, page, who.email)
    return context, page


def head(session: Session) -> queries.LessonHead:
    found = queries.lesson_head(session, LESSON)
    assert found is not None
    return found


def test_an_instructor_edits_previews_and_publishes_a_lesson(stage: Stage, instructor: Person) -> None:
    context, page = signed_in(stage, instructor)
    noise: list[str] = []
    page.on("console", lambda message: noise.append(message.text) if message.type == "error" else None)
    page.goto("/lessons?course=wso")
    assert faults_of(page) == []
    page.get_by_role("link", name="Where the authority comes from", exact=True).click()
    assert faults_of(page) == []
    source = page.locator("#source")
    text = source.input_value()
    source.fill(text.replace("\n## ", "\n# ", 1))
    expect(page.get_by_text("1 fault", exact=True)).to_be_visible()
    page.get_by_role("link", name="Line ", exact=False).first.click()
    line = source.evaluate("e => e.value.slice(e.selectionStart, e.selectionEnd)")
    assert line.startswith("# ")
    source.fill(text.replace("\n## ", "\n## Newly: ", 1))
    expect(page.get_by_role("heading", name="Newly: ")).to_be_visible()
    page.get_by_role("button", name="Save and review for publication").click()
    expect(page.get_by_role("heading", name="Publish: Where the authority comes from")).to_be_visible()
    assert faults_of(page) == []
    page.get_by_label("What is new").fill("A heading says more.")
    page.get_by_role("button", name="Publish this edition").click()
    expect(page.get_by_text("is published")).to_be_visible()
    with stage.live.site.database.reading() as session:
        assert "## Newly: " in head(session).source
    assert noise == []
    context.close()


def test_leaving_unsaved_text_is_warned_of(stage: Stage, instructor: Person) -> None:
    context, page = signed_in(stage, instructor)
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.goto(EDIT)
    page.on("dialog", stay)
    page.locator("#source").press_sequentially("x")
    page.get_by_role("link", name="Lessons").first.click()
    page.wait_for_url("**/lessons")
    assert asked == ["beforeunload"]
    context.close()


def test_two_people_on_one_lesson_lose_nothing(stage: Stage, instructor: Person) -> None:
    with stage.live.site.database.writing() as session:
        second = person(session, name="Ivo Instructor", role=Role.INSTRUCTOR, now=stage.live.clock.now())
    (ida, ida_page), (ivo, ivo_page) = signed_in(stage, instructor), signed_in(stage, second)
    for page in (ida_page, ivo_page):
        page.goto(EDIT)
    text = ida_page.locator("#source").input_value()
    for page, word in ((ida_page, "Idas"), (ivo_page, "Ivos")):
        page.locator("#source").fill(text.replace("\n## ", f"\n## {word} ", 1))
        page.get_by_role("button", name="Save draft").click()
    expect(ivo_page.get_by_role("heading", name="Two texts: Where the authority comes from")).to_be_visible()
    assert faults_of(ivo_page) == []
    assert "## Ivos " in ivo_page.locator("#source").input_value()
    assert "## Idas " in ivo_page.locator("#theirs").input_value()
    ida.close()
    ivo.close()


def test_the_editor_works_without_scripts_on_a_phone(stage: Stage, instructor: Person) -> None:
    context, page = signed_in(stage, instructor, java_script_enabled=False, viewport=PHONE)
    page.goto(EDIT)
    text = page.locator("#source").input_value()
    page.locator("#source").fill(text.replace("\n## ", "\n# ", 1))
    page.get_by_role("button", name="Preview", exact=True).click()
    expect(page.get_by_text("1 fault", exact=True)).to_be_visible()
    assert "\n# " in page.locator("#source").input_value()
    context.close()


def test_the_editor_fits_a_phone(stage: Stage, instructor: Person) -> None:
    context, page = signed_in(stage, instructor, viewport=PHONE)
    for address in ("/lessons", EDIT):
        page.goto(address)
        assert faults_of(page) == []
    context.close()
