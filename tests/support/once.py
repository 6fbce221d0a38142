"""What takes long to make and is only copied: made by one process of a run of the tests, and found by the others."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

IN_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - folders of one's own are made in it
ROOM: Final = 4 * 1024**3
"""Bytes that must be free in memory before the tests keep their files there."""


def quick_folder() -> Path:
    """Where the tests keep their files: in memory, if there is room: every commit waits for a disk. Crash tests choose their own."""
    roomy = IN_MEMORY.is_dir() and shutil.disk_usage(IN_MEMORY).free > ROOM
    return IN_MEMORY if roomy else Path(tempfile.gettempdir())


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """The file `name` of this run of the tests, made by `make` in the first process that asks for it."""
    with turn(factory, name) as path:
        if not path.exists():
            part = path.with_suffix(".part")
            make(part)
            part.rename(path)
    return path


@contextmanager
def turn(factory: pytest.TempPathFactory, name: str) -> Iterator[Path]:
    """The path of what is called `name` in this run of the tests, while no other of its processes has it."""
    path = run_folder(factory) / name
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # given back when the file is closed
        yield path


def run_folder(factory: pytest.TempPathFactory) -> Path:
    """The folder that every process of this run of the tests shares."""
    own = factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
