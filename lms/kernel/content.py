"""Where the shipped content lies: at the top of a checkout, or inside an installed package."""

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
