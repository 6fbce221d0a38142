"""The plain file of checkpoints that an operator copies elsewhere: every signed checkpoint in order, one blank line after each, fsynced."""

import os
from pathlib import Path
from typing import Final

from lms.ledger.checkpoint import BLOCK, parse
from lms.ledger.queries import Signed

FOLDER: Final = "checkpoints"
TAIL: Final = 8192
"""More bytes than the longest checkpoint has."""


def file_of(data: Path, *, ledger: str) -> Path:
    """Where the checkpoints of a ledger are published."""
    return data / FOLDER / f"{ledger}.txt"


def published_size(path: Path) -> int:
    """How many entries the newest checkpoint of the file covers; -1 for a file without one."""
    content, _ = _tail(path)
    found = _whole_in(content)
    return parse(found[-1][0]).size if found else -1


def publish(path: Path, missing: list[Signed]) -> int:
    """Add checkpoints to the file, which is on the disk when this returns. What a crash left half written is cut off first."""
    if not missing:
        return 0
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        file.seek(_whole(path))
        file.truncate()
        file.write("".join(f"{one.note}\n" for one in missing).encode())
        file.flush()
        os.fsync(file.fileno())
    _sync_folder(path.parent)
    return len(missing)


def _tail(path: Path) -> tuple[str, int]:
    """The end of the file, and where it begins."""
    if not path.exists():
        return "", 0
    with path.open("rb") as file:
        start = max(0, file.seek(0, os.SEEK_END) - TAIL)
        file.seek(start)
        return file.read().decode(errors="ignore"), start


def _whole_in(content: str) -> list[tuple[str, int]]:
    """The checkpoints that have their blank line, and where each ends."""
    found = ((match[0], match.end()) for match in BLOCK.finditer(content))
    return [(note, end + 1) for note, end in found if content[end : end + 1] == "\n"]


def _whole(path: Path) -> int:
    """How many bytes of the file are whole checkpoints."""
    content, start = _tail(path)
    found = _whole_in(content)
    if not found:
        return start
    return path.stat().st_size - len(content[found[-1][1] :].encode())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
