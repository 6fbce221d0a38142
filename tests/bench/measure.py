"""Playing visits against a running server, part by part, and what its processes spend on each part."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from threading import Barrier, BrokenBarrierError, Event, Thread

from tests.bench.visit import PARTS, SIGN_IN, Visit
from tests.support import processes


@dataclass(slots=True)
class Figures:
    """What was measured with so many officers at once. CPU in seconds of the server's processes, saves in milliseconds."""

    officers: int
    visits: int = 0
    cpu: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    saves: list[float] = field(default_factory=list)
    memory: float = 0.0

    def milliseconds(self, part: str, times: int) -> float:
        """CPU milliseconds of one time of a part."""
        return self.cpu[part] * 1000 / self.visits / times

    @property
    def attempt(self) -> float:
        """CPU seconds of one visit without its sign-in."""
        return sum(used for part, used in self.cpu.items() if part != SIGN_IN.name) / self.visits

    def save_percentile(self, percent: int) -> float:
        """The duration within which so many of a hundred saves were answered, as the officer's side saw it."""
        return percentile(self.saves, percent)


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that so many of a hundred do not exceed; nothing is 0."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] if ordered else 0.0


def play(visits: Sequence[Visit], *, officers: int, group: int) -> Figures:
    """Play `visits`, `officers` at a time. All are at the same part at the same time, so that what it costs can be told apart."""
    figures = Figures(officers)
    with watching_memory(figures, group):
        for first in range(0, len(visits), officers):
            _play_together(visits[first : first + officers], figures, group)
    figures.visits = len(visits)
    figures.saves = [one for visit in visits for one in visit.saves]
    return figures


def _play_together(visits: Sequence[Visit], figures: Figures, group: int) -> None:
    spent: list[float] = []
    barrier = Barrier(len(visits), action=lambda: spent.append(processes.cpu_seconds(group)))
    failures: list[BaseException] = []
    threads = [Thread(target=_play_one, args=(visit, barrier, failures)) for visit in visits]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    for part, (before, after) in zip(PARTS, pairwise(spent), strict=True):
        figures.cpu[part.name] += after - before


def _play_one(visit: Visit, barrier: Barrier, failures: list[BaseException]) -> None:
    try:
        barrier.wait()
        for part in PARTS:
            part.play(visit)
            barrier.wait()
    except BrokenBarrierError:
        pass  # another officer met a failure, which is told
    except BaseException as failure:  # noqa: BLE001 - told by the thread that started this one
        failures.append(failure)
        barrier.abort()
    finally:
        visit.wire.close()


@contextmanager
def watching_memory(figures: Figures, group: int) -> Iterator[None]:
    """Note the largest memory that the processes of the group hold while the block runs."""
    over = Event()

    def watch() -> None:
        while True:
            figures.memory = max(figures.memory, processes.memory_mib(group))
            if over.wait(0.25):
                return

    watcher = Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
