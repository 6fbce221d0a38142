"""Rendering in processes of its own: long-lived, few, and killed when one text takes too long, so that no page waits for another's."""

import atexit
import logging
import multiprocessing
import queue
import resource
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from multiprocessing.connection import Connection
from typing import Any, Protocol, cast

from lms.courses import differences, edition
from lms.courses.differences import Line
from lms.courses.edition import Edition, PracticalEdition
from lms.courses.markdown import NO_DIAGRAMS
from lms.facts.source import Fact
from lms.kernel.errors import Invalid, TooMany

logger = logging.getLogger(__name__)
SECONDS = 2.0
START_SECONDS = 30.0
WAIT_SECONDS = 10.0
LARGEST = 256 * 1024
MEMORY = 1024**3
PROCESSES = 2


class RenderingRefused(Invalid):
    """The text is too long, or takes too long to render. It is not lost: nothing was changed."""


class RenderersBusy(TooMany):
    """Every renderer is at work and stayed so."""


class Reader(Protocol):
    """Reads and renders texts: the module `edition` does it here and now, a `RendererPool` within bounds."""

    def lesson_edition(
        self, source: str, *, path: str, facts: Mapping[str, Fact], today: date, diagrams: Mapping[str, str] = ..., guide: str = ...
    ) -> Edition: ...

    def practical_edition(
        self, source: str, *, path: str, facts: Mapping[str, Fact], today: date, diagrams: Mapping[str, str] = ...
    ) -> PracticalEdition: ...

    def introduction(self, body: str, *, facts: Mapping[str, Fact]) -> str: ...


@dataclass(slots=True)
class _Worker:
    """One process and our end of its pipe. `ready` once it has answered that it is there."""

    process: Any
    pipe: Connection
    ready: bool = False

    def stop(self) -> None:
        self.pipe.close()
        self.process.kill()
        self.process.join()
        self.process.close()


class RendererPool:
    """Up to `processes` renderers, started when first needed. Safe to use from many threads."""

    def __init__(self, *, processes: int = PROCESSES, seconds: float = SECONDS) -> None:
        self.seconds = seconds
        self._places: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        self._processes = processes
        self._refill()

    def lesson_edition(
        self,
        source: str,
        *,
        path: str,
        facts: Mapping[str, Fact],
        today: date,
        diagrams: Mapping[str, str] = NO_DIAGRAMS,
        guide: str = "",
    ) -> Edition:
        """`edition.lesson_edition` within bounds. Raises RenderingRefused or RenderersBusy."""
        _refuse_if_too_long(source)
        _refuse_if_too_long(guide)
        found = self._run("lesson_edition", source, path=path, facts=dict(facts), today=today, diagrams=dict(diagrams), guide=guide)
        return cast("Edition", found)

    def practical_edition(
        self, source: str, *, path: str, facts: Mapping[str, Fact], today: date, diagrams: Mapping[str, str] = NO_DIAGRAMS
    ) -> PracticalEdition:
        """`edition.practical_edition` within bounds. Raises RenderingRefused or RenderersBusy."""
        _refuse_if_too_long(source)
        found = self._run("practical_edition", source, path=path, facts=dict(facts), today=today, diagrams=dict(diagrams))
        return cast("PracticalEdition", found)

    def introduction(self, body: str, *, facts: Mapping[str, Fact]) -> str:
        """`edition.introduction` within bounds. Raises RenderingRefused or RenderersBusy."""
        _refuse_if_too_long(body)
        return str(self._run("introduction", body, facts=dict(facts)))

    def differences(self, old: str, new: str) -> tuple[Line, ...]:
        """`differences.between` within bounds. Raises RenderingRefused or RenderersBusy."""
        _refuse_if_too_long(new)
        found = self._run("differences", old, new=new)
        return cast("tuple[Line, ...]", found)

    def close(self) -> None:
        """Stop every idle renderer; one at work stops with its job. The pool may be used again afterwards."""
        while True:
            try:
                worker = self._places.get_nowait()
            except queue.Empty:
                break
            if worker is not None:
                worker.stop()
        self._refill()

    def _refill(self) -> None:
        for _ in range(self._processes - self._places.qsize()):
            self._places.put(None)

    def _run(self, name: str, text: str, **facts: Any) -> object:
        try:
            worker = self._places.get(timeout=WAIT_SECONDS)
        except queue.Empty as nobody:
            raise RenderersBusy("The preview is busy with other texts. Try again in a few seconds.") from nobody
        kept: _Worker | None = None
        try:
            if worker is None or not worker.process.is_alive():
                worker = _started()
            _await_ready(worker)
            answer = self._asked(worker, (name, text, facts))
            kept = worker
        except BaseException:
            if worker is not None:
                worker.stop()
            raise
        finally:
            self._places.put(kept)
        if isinstance(answer, Exception):
            raise RenderingRefused("The text could not be rendered. Undo the last change and try again.") from answer
        return answer

    def _asked(self, worker: _Worker, job: tuple[str, str, Mapping[str, Any]]) -> object:
        try:
            worker.pipe.send(job)
            if not worker.pipe.poll(self.seconds):
                logger.warning("a text took longer than %s s to render; its renderer was stopped", self.seconds)
                raise RenderingRefused(
                    f"The text takes more than {self.seconds:g} seconds to render, usually because of many brackets or stars "
                    "that are never closed. Simplify the last change and try again."
                )
            return worker.pipe.recv()
        except (EOFError, OSError) as gone:
            raise RenderingRefused("The text is too much to render. Simplify the last change and try again.") from gone


def _refuse_if_too_long(text: str) -> None:
    if len(text.encode("utf-8", "surrogatepass")) > LARGEST:
        raise RenderingRefused(f"The text is longer than {LARGEST // 1024} KB. Split it into two lessons.")


def _started() -> _Worker:
    """A new process. Spawned, not forked: a fork of a server with threads may inherit locks that nobody will ever release."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(theirs,), daemon=True, name="renderer")
    process.start()
    theirs.close()
    return _Worker(process, ours)


def _await_ready(worker: _Worker) -> None:
    """Starting takes a moment of its own, which is not the text's fault and not on its time."""
    if worker.ready:
        return
    try:
        if not worker.pipe.poll(START_SECONDS):
            raise RenderersBusy("The preview could not start. Try again in a moment.")
        worker.pipe.recv()
    except (EOFError, OSError) as gone:
        raise RenderersBusy("The preview could not start. Try again in a moment.") from gone
    worker.ready = True


def serve(pipe: Connection) -> None:
    """The renderer's own life: answer job after job until nobody asks any more. Its memory is bounded."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    jobs: dict[str, Callable[..., object]] = {
        "lesson_edition": edition.lesson_edition,
        "practical_edition": edition.practical_edition,
        "introduction": edition.introduction,
        "differences": differences.between,
    }
    pipe.send("ready")
    while True:
        try:
            name, text, facts = pipe.recv()
        except (EOFError, OSError, KeyboardInterrupt):
            return
        try:
            answer = jobs[name](text, **facts)
        except (Exception, RecursionError) as error:  # noqa: BLE001 - whatever a hostile text breaks is told, and the renderer lives on
            answer = ValueError(f"{type(error).__name__}: {error}")
        pipe.send(answer)


renderers = RendererPool()
"""This process's renderers. Nothing is started before the first text is rendered."""

atexit.register(renderers.close)
