"""A small disk of its own, in a file: it can fail as by a power cut, and it can be full."""

import fcntl
import os
import shutil
import struct
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

SHUTDOWN: Final = 0x8004587D
"""The request with which ext4 stops at once, as the file system testers use it."""
WITHOUT_FLUSHING: Final = struct.pack("I", 2)
MIB: Final = 1024 * 1024
PATIENCE: Final = 20.0
"""Seconds in which what uses the disk must have ended."""


class NoDisk(RuntimeError):
    """This machine cannot make a disk in a file; the message says what it lacks."""


class Disk:
    """An ext4 file system in a file, mounted at `folder`.

    A power cut stops the file system at one moment: what it had not yet written down is lost, and nothing more reaches the disk.
    What it had written stays, as on a disk that keeps the order of flushes.
    """

    def __init__(self, image: Path, folder: Path) -> None:
        self._image = image
        self.folder = folder

    def loses_power(self) -> None:
        """Stop now, between any two writes."""
        opened = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.ioctl(opened, SHUTDOWN, WITHOUT_FLUSHING)
        finally:
            os.close(opened)

    def comes_back(self) -> None:
        """Be mounted again as after a power cut: the journal is replayed. Whatever used the disk must have ended."""
        self.unmount()
        self.mount()

    def mount(self) -> None:
        """Make the files reachable."""
        _run("mount", "-o", "loop", str(self._image), str(self.folder))

    def unmount(self) -> None:
        """Take the files away; waits until nobody uses them any more."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                _run("umount", str(self.folder))
            except NoDisk:
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)
            else:
                return

    def fills_up(self) -> None:
        """Leave no byte free."""
        with (self.folder / "filler").open("ab", buffering=0) as filler, suppress(OSError):
            while True:
                filler.write(bytes(MIB))
        with (self.folder / "filler").open("ab", buffering=0) as filler, suppress(OSError):
            while True:
                filler.write(bytes(512))

    def has_room_again(self) -> None:
        """Free what `fills_up` took."""
        (self.folder / "filler").unlink()


@contextmanager
def disk(folder: Path, *, mib: int) -> Iterator[Disk]:
    """A new disk below `folder`. Raises NoDisk where none can be made."""
    if os.geteuid() != 0:
        raise NoDisk("Mounting a disk needs root: run the tests as root.")
    if shutil.which("mkfs.ext4") is None:
        raise NoDisk("mkfs.ext4 is missing: install e2fsprogs.")
    image, mounted = folder / "disk.img", folder / "disk"
    mounted.mkdir()
    with image.open("wb") as file:
        file.truncate(mib * MIB)
    _run("mkfs.ext4", "-q", "-m", "0", str(image))
    made = Disk(image, mounted)
    made.mount()
    try:
        yield made
    finally:
        made.unmount()
        image.unlink()


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NoDisk(f"{' '.join(command)} failed: {done.stderr.strip()}. A container needs CAP_SYS_ADMIN and /dev/loop-control for it.")
