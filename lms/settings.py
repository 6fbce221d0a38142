"""Every setting of an installation, read once from the environment and never changed afterwards."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
LOOPBACK = ("127.0.0.1", "localhost", "::1")
DISCLAIMER = "Not a website or document of ICE, DHS or the U.S. Government"


class Mode(StrEnum):
    """`local`: one machine, loopback only. `production`: reachable by others, with nothing unsafe left on."""

    LOCAL = "local"
    PRODUCTION = "production"


class UnsafeSettings(Exception):
    """The settings would expose people. The message names each one and what to set instead."""


@dataclass(frozen=True, slots=True)
class Settings:
    """One installation. `data` holds database, papers, keys and mail; `base_url` is what papers and messages point to."""

    data: Path = Path("instance")
    mode: Mode = Mode.LOCAL
    database_url: str = ""
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    base_url: str = ""
    product_name: str = "Delegated Authority Training"
    authority_name: str = "Delegated Authority Training"
    disclaimer: str = DISCLAIMER
    demo: bool = False
    fips: bool = False
    tsa_url: str = ""
    smtp_url: str = ""
    mail_from: str = ""
    trusted_proxies: int = 0
    compress: bool = True
    log_level: str = "INFO"
    access_log: bool = False

    @classmethod
    def from_env(cls, environ: Mapping[str, str], **overrides: object) -> Self:
        """Settings from `LMS_*` variables; `overrides` (from the command line) win. Raises UnsafeSettings."""
        values: dict[str, object] = {}
        for field in fields(cls):
            text = environ.get(f"LMS_{field.name.upper()}")
            if text is not None:
                values[field.name] = _parsed(field.name, text)
        values.update({key: value for key, value in overrides.items() if value is not None})
        made = cls(**values)  # type: ignore[arg-type] # each value was parsed for its field by name
        made.refuse_if_unsafe()
        return made

    @property
    def url(self) -> str:
        """Where people reach the site, without a trailing slash."""
        return (self.base_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def database(self) -> str:
        """The SQLAlchemy address of the database."""
        return self.database_url or f"sqlite:///{(self.data / 'lms.db').resolve()}"

    @property
    def plain_log(self) -> bool:
        """Whether the log is read by a person at a terminal rather than by a collector."""
        return self.mode is Mode.LOCAL

    @property
    def secure(self) -> bool:
        """Whether people reach the site by TLS, so that cookies may be bound to it."""
        return self.url.startswith("https://")

    def refuse_if_unsafe(self) -> None:
        """Raise UnsafeSettings naming every setting that would expose people."""
        faults = list(self._faults())
        if faults:
            raise UnsafeSettings("The site will not start:\n" + "\n".join(f"  - {fault}" for fault in faults))

    def _faults(self) -> list[str]:
        faults = self._mail_faults()
        if self.mode is Mode.LOCAL:
            if self.host in LOOPBACK:
                return faults
            return [*faults, f"LMS_HOST={self.host} lets others reach the site: set LMS_MODE=production (and what it asks for)."]
        if self.demo:
            faults.append("The demonstration has published passwords: it never runs in production.")
        if not self.secure:
            faults.append("LMS_BASE_URL must be the https:// address people use; passwords never travel in clear.")
        if urlsplit(self.url).hostname in LOOPBACK:
            faults.append("LMS_BASE_URL must not be a loopback address: certificates print it for good.")
        if self.workers < 2:
            faults.append("LMS_WORKERS must be at least 2, so that one slow request never stops an exam.")
        return faults

    def _mail_faults(self) -> list[str]:
        faults = []
        if self.smtp_url and not (urlsplit(self.smtp_url).scheme in {"smtp", "smtps"} and urlsplit(self.smtp_url).hostname):
            faults.append("LMS_SMTP_URL must read smtps://user:password@host or smtp://host:port; without it, notices go to a folder.")
        if self.mail_from and not ("@" in self.mail_from and self.mail_from.isprintable() and " " not in self.mail_from):
            faults.append("LMS_MAIL_FROM must be the address that notices come from, such as notices@example.gov.")
        return faults


def _parsed(name: str, text: str) -> object:
    try:
        return _PARSERS.get(name, str)(text)
    except ValueError as error:
        raise UnsafeSettings(f"LMS_{name.upper()}={text!r} cannot be read: {error}") from error


def _truth(text: str) -> bool:
    return text.strip().lower() in {"1", "true", "yes", "on"}


def _level(text: str) -> str:
    if text.upper() not in LOG_LEVELS:
        raise ValueError(f"choose one of {', '.join(LOG_LEVELS)}")
    return text.upper()


_PARSERS: dict[str, Callable[[str], object]] = {
    "data": Path,
    "mode": Mode,
    "port": int,
    "workers": int,
    "trusted_proxies": int,
    "log_level": _level,
    "access_log": _truth,
    "compress": _truth,
    "demo": _truth,
    "fips": _truth,
}
