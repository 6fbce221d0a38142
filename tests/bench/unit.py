"""U, in which costs are told so that one machine's figures can be held against another's: the CPU of one bare page."""

from pathlib import Path

from tests.support import processes
from tests.support.served import Served, free_port
from tests.support.wire import Wire

BARE_PAGES = 4000


def bare_page(folder: Path) -> float:
    """U: CPU milliseconds of one bare page under the same server."""
    folder.mkdir()
    with Served(folder, port=free_port(), module="tests.bench.bare") as server:
        wires = [Wire(server.port) for _ in range(4)]
        _open_bare(wires, BARE_PAGES // 4)
        before = processes.cpu_seconds(server.group)
        _open_bare(wires, BARE_PAGES)
        spent = processes.cpu_seconds(server.group) - before
        for wire in wires:
            wire.close()
    return spent * 1000 / BARE_PAGES


def _open_bare(wires: list[Wire], pages: int) -> None:
    for number in range(pages):
        wires[number % len(wires)].opens("/")
