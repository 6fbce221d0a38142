"""A network of its own for a browser, with one cable to this machine that can be cut."""

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HERE: Final = "198.18.87.1"
THERE: Final = "198.18.87.2"
"""Addresses set aside for trying out networks (RFC 2544)."""


class NoNetwork(RuntimeError):
    """This machine cannot make a network; the message says what it lacks."""


@dataclass(frozen=True, slots=True)
class Network:
    """A network namespace. What runs in it reaches this machine at HERE alone."""

    name: str
    cable: str

    def is_cut(self) -> None:
        """Let nothing through any more, without a word to either side."""
        _ip("link", "set", self.cable, "down")

    def is_mended(self) -> None:
        """Let everything through again."""
        _ip("link", "set", self.cable, "up")

    def command(self, program: str, folder: Path) -> Path:
        """A program that starts `program` inside this network."""
        script = folder / f"in-{self.name}"
        script.write_text(f'#!/bin/sh\nexec ip netns exec {self.name} "{program}" "$@"\n', encoding="utf-8")
        script.chmod(0o755)
        return script


@contextmanager
def network() -> Iterator[Network]:
    """A new network. Raises NoNetwork where none can be made."""
    if os.geteuid() != 0:
        raise NoNetwork("A network of its own needs root: run the tests as root.")
    if shutil.which("ip") is None:
        raise NoNetwork("The command ip is missing: install iproute2.")
    made = Network(f"lms-{secrets.token_hex(3)}", f"lms{secrets.token_hex(3)}")
    _ip("netns", "add", made.name)
    try:
        _ip("link", "add", made.cable, "type", "veth", "peer", "name", "eth0", "netns", made.name)
        _ip("addr", "add", f"{HERE}/30", "dev", made.cable)
        _ip("link", "set", made.cable, "up")
        for command in (("addr", "add", f"{THERE}/30", "dev", "eth0"), ("link", "set", "eth0", "up"), ("link", "set", "lo", "up")):
            _ip("-n", made.name, *command)
        yield made
    finally:
        _ip("netns", "del", made.name)  # its end of the cable goes with it, and so does the other


def _ip(*arguments: str) -> None:
    found = shutil.which("ip") or "ip"
    done = subprocess.run([found, *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NoNetwork(
            f"ip {' '.join(arguments)} failed: {done.stderr.strip()}. A container needs CAP_NET_ADMIN and CAP_SYS_ADMIN for it."
        )
