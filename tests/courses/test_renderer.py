"""Rendering in processes: bounded in time and size, and nobody waits for another's text."""

import threading
import time
from collections.abc import Iterator
from multiprocessing import active_children

import pytest

from lms.courses.edition import Edition
from lms.courses.renderer import LARGEST, RendererPool, RenderersBusy, RenderingRefused
from lms.facts.source import register_from
from tests.support.writing import TODAY, lesson, register

FACTS, _ = register_from(register(), path="facts.toml", today=TODAY)
BOMB = "[" * 32_000


@pytest.fixture(scope="module")
def pool() -> Iterator[RendererPool]:
    made = RendererPool(processes=2)
    yield made
    made.close()


def edition_of(pool: RendererPool, text: str) -> Edition:
    return pool.lesson_edition(text, path="lesson.md", facts=FACTS, today=TODAY)


def test_a_lesson_is_rendered_as_it_would_be_here(pool: RendererPool) -> None:
    found = edition_of(pool, lesson("lesson-one", "ONE-1"))
    assert found.faults == ()
    assert found.lesson is not None
    assert "<h2" in found.rendered.html
    assert pool.introduction("A *word*.", facts=FACTS) == "<p>A <em>word</em>.</p>"
    assert pool.differences("a\n", "b\n")


def test_a_renderer_lives_on_from_text_to_text() -> None:
    pool = RendererPool(processes=1)
    try:
        edition_of(pool, lesson("lesson-one", "ONE-1"))
        worker = pool._places.queue[0]  # noqa: SLF001 - which process it is shows nowhere else
        edition_of(pool, lesson("lesson-two", "TWO-1"))
        assert pool._places.queue[0] is worker  # noqa: SLF001 - as above
    finally:
        pool.close()


def test_a_bomb_is_refused_and_its_renderer_replaced(pool: RendererPool) -> None:
    with pytest.raises(RenderingRefused, match="more than 2 seconds"):
        edition_of(pool, BOMB)
    assert edition_of(pool, lesson("lesson-one", "ONE-1")).faults == ()


def test_a_bomb_harms_nobody_elses_text(pool: RendererPool) -> None:
    refused: list[BaseException] = []

    def throw() -> None:
        try:
            edition_of(pool, BOMB)
        except RenderingRefused as refusal:
            refused.append(refusal)

    thrower = threading.Thread(target=throw)
    thrower.start()
    time.sleep(0.2)
    assert edition_of(pool, lesson("lesson-one", "ONE-1")).faults == ()
    assert thrower.is_alive(), "the other text waited for the bomb"
    thrower.join()
    assert len(refused) == 1


def test_a_text_too_long_is_refused_before_any_work() -> None:
    pool = RendererPool(processes=1)
    with pytest.raises(RenderingRefused, match="longer than 256 KB"):
        edition_of(pool, "a" * (LARGEST + 1))
    assert pool._places.queue[0] is None  # noqa: SLF001 - that nothing was started shows nowhere else


def test_many_threads_share_few_renderers(pool: RendererPool) -> None:
    found: list[Edition] = []
    threads = [threading.Thread(target=lambda: found.append(edition_of(pool, lesson("lesson-one", "ONE-1")))) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({edition.hash for edition in found}) == 1
    assert len(found) == 12


def test_a_renderer_that_died_is_replaced(pool: RendererPool) -> None:
    edition_of(pool, lesson("lesson-one", "ONE-1"))
    for worker in pool._places.queue:  # noqa: SLF001 - there is no other way to kill one
        if worker is not None:
            worker.process.kill()
            worker.process.join()
    assert edition_of(pool, lesson("lesson-one", "ONE-1")).faults == ()


def test_what_breaks_the_renderer_is_refused_and_it_lives_on(pool: RendererPool) -> None:
    with pytest.raises(RenderingRefused, match="could not be rendered"):
        pool.lesson_edition(lesson("lesson-one", "ONE-1"), path="x", facts=FACTS, today=None)  # type: ignore[arg-type] # to break it
    assert edition_of(pool, lesson("lesson-one", "ONE-1")).faults == ()


def test_when_every_renderer_stays_at_work_the_person_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lms.courses.renderer.WAIT_SECONDS", 0.01)
    pool = RendererPool(processes=1)
    pool._places.get_nowait()  # noqa: SLF001 - as if one thread had it
    with pytest.raises(RenderersBusy):
        edition_of(pool, "Text.")


def test_closing_stops_the_processes_and_the_pool_may_be_used_again() -> None:
    pool = RendererPool(processes=1)
    edition_of(pool, "Text.")
    worker = pool._places.queue[0]  # noqa: SLF001 - to see it end
    assert worker is not None
    pid = worker.process.pid
    assert pid in {child.pid for child in active_children()}
    pool.close()
    assert pid not in {child.pid for child in active_children()}
    assert edition_of(pool, "Text.").words == 1
    pool.close()
