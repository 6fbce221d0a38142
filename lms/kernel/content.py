"""Where the shipped content lies: at the top of a checkout, or inside an installed package. And its digest."""

import hashlib
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


def _root(name: str) -> Path:
    installed = PACKAGE / "_content" / name
    return installed if installed.is_dir() else PACKAGE.parent / name


def courses_root() -> Path:
    """Modules, lessons, courses and the register of facts."""
    return _root("courses")


def banks_root() -> Path:
    """The question banks that ship with the product."""
    return _root("question_banks")


def certificates_root() -> Path:
    """Fonts and artwork of certificates."""
    return _root("certificates")


def digest_of(*folders: Path) -> str:
    """One digest of every file below `folders`: names and bytes."""
    found = hashlib.sha256()
    for path in sorted(path for folder in folders for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"):
        found.update(f"{path}\0{path.stat().st_size}\0".encode())
        found.update(path.read_bytes())
    return found.hexdigest()
