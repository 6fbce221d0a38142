"""The installation's signer, its keys loaded once per process; and what uploaded papers are judged by, which needs no key."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final

from cryptography import x509

from lms.certificates import authority, keyring
from lms.certificates.keyfiles import NoKey
from lms.certificates.signing import DemoSigner, FileSigner, Signer
from lms.settings import Settings

WARNED_AHEAD: Final = timedelta(days=60)
"""How long before the signing keys end people are told."""
STAMPERS: Final = "time-stamp-roots"
"""Folder below the data folder with the roots (PEM) of the time-stamp authority that LMS_TSA_URL names."""


@dataclass(frozen=True, slots=True)
class Trust:
    """The roots that papers end in, and the revocation lists as last renewed."""

    roots: Sequence[x509.Certificate]
    crls: Sequence[x509.CertificateRevocationList]


def signer(settings: Settings) -> Signer:
    """The signer of this installation: for a demonstration one of specimens. Raises NoKey, or SpecimenAuthority for the wrong keys."""
    path = keyring.folder_of(settings.data) / authority.SIGNER_FILE
    try:
        made = path.stat().st_mtime_ns
    except FileNotFoundError:
        raise NoKey(f"There is no {path}. Start the site once with `lms serve`, which makes the keys.") from None
    return _loaded(settings.data, settings.demo, settings.tsa_url, made)


@lru_cache(maxsize=4)
def _loaded(data: Path, demo: bool, tsa_url: str, made: int) -> Signer:
    """The keys as they were `made`: renewed ones are loaded anew."""
    del made
    loaded = keyring.load(data)
    return DemoSigner(loaded) if demo else FileSigner(loaded, tsa_url=tsa_url, tsa_roots=_stampers(data))


def warning(settings: Settings, *, now: datetime) -> str:
    """What administrators and certifiers are told when the signing keys end soon; empty while they are good for long."""
    path = keyring.folder_of(settings.data) / authority.SIGNER_FILE
    if not path.exists():
        return ""
    ends = min(one.not_valid_after_utc for one in _certificates(settings.data, path.stat().st_mtime_ns))
    if ends - now > WARNED_AHEAD:
        return ""
    return (
        f"The keys that sign certificates end on {ends:%B} {ends.day}, {ends.year}; then no paper can be issued. The operator brings the "
        "root back and runs `lms keys renew --issuing`."
    )


@lru_cache(maxsize=4)
def _certificates(data: Path, made: int) -> tuple[x509.Certificate, ...]:
    del made
    loaded = keyring.load(data)
    return (*loaded.intermediates, loaded.signer.certificate, loaded.stamper.certificate)


def trust(settings: Settings) -> Trust:
    """What papers of this installation are checked against; nothing when it has no authority yet."""
    folder = keyring.folder_of(settings.data)
    root = folder / authority.ROOT_CERTIFICATE
    if not root.exists():
        return Trust((), ())
    return Trust((x509.load_pem_x509_certificate(root.read_bytes()), *_stampers(settings.data)), authority.current_crls(folder))


def _stampers(data: Path) -> tuple[x509.Certificate, ...]:
    return tuple(x509.load_pem_x509_certificate(path.read_bytes()) for path in sorted((data / STAMPERS).glob("*.pem")))
