"""Content-addressed files: papers and evidence, named by their SHA-256 and never changed."""

import hashlib
import os
from pathlib import Path
from typing import Protocol


class BlobStore(Protocol):
    """Keeps bytes under their own hash."""

    def put(self, content: bytes) -> str: ...

    def read(self, digest: str) -> bytes: ...


class DamagedBlob(RuntimeError):
    """A stored file no longer has the hash it was stored under."""


class FolderBlobs:
    """Files in a folder outside the web root, on disk before `put` returns."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, content: bytes) -> str:
        """Store `content` durably; storing it again changes nothing. Returns its SHA-256 in hex."""
        digest = hashlib.sha256(content).hexdigest()
        path = self._path(digest)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write_durably(path, content)
        return digest

    def read(self, digest: str) -> bytes:
        """The bytes stored under `digest`. Raises FileNotFoundError, or DamagedBlob when they were altered."""
        content = self._path(digest).read_bytes()
        if hashlib.sha256(content).hexdigest() != digest:
            message = f"The stored file {digest} was altered."
            raise DamagedBlob(message)
        return content

    def _path(self, digest: str) -> Path:
        if len(digest) != 64 or not digest.isalnum():
            message = "That is not the name of a stored file."
            raise FileNotFoundError(message)
        return self.folder / digest[:2] / digest


class MemoryBlobs:
    """The same in memory, for tests."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def put(self, content: bytes) -> str:
        digest = hashlib.sha256(content).hexdigest()
        self.kept[digest] = content
        return digest

    def read(self, digest: str) -> bytes:
        if digest not in self.kept:
            raise FileNotFoundError(digest)
        return self.kept[digest]


def _write_durably(path: Path, content: bytes) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
