"""The instance's own authority: a root to be carried away, an issuing authority, a signer of papers and a stamper of time.

A folder holds `root.p12`, `issuing.p12`, `signer.p12` and `tsa.p12`, each under its passphrase, and `public/` with every
certificate and revocation list there has been. Nothing here reads the clock.
"""

import logging
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from lms.certificates import x509_shapes as shapes
from lms.certificates.keyfiles import OFFLINE_ROUNDS, make_private_folder, seal, sync_folder, unseal, write_private
from lms.certificates.x509_shapes import KeyPair, key_id
from lms.kernel.errors import Conflict, Invalid

ROOT_FILE: Final = "root.p12"
ISSUING_FILE: Final = "issuing.p12"
SIGNER_FILE: Final = "signer.p12"
STAMPER_FILE: Final = "tsa.p12"
PUBLIC: Final = "public"
ROOT_CERTIFICATE: Final = f"{PUBLIC}/root.pem"
ROOT_CRL: Final = f"{PUBLIC}/root.crl"
LONGEST_NAME: Final = 36
"""X.509 allows 64 characters in a name; the role, its date and SPECIMEN need the rest."""
SHORTEST_PASSPHRASE: Final = 12
MOVE_AWAY: Final = "Move {path} to a medium that is kept offline: only renewing the issuing authority needs it."

log = logging.getLogger(__name__)


class AuthorityExists(Conflict):
    """There is something in the folder already; keys are never written over."""


class UnusableName(Invalid):
    """The name does not fit into a certificate."""


class WeakPassphrase(Invalid):
    """A passphrase is too short to protect a key."""


@dataclass(frozen=True, slots=True)
class Passphrases:
    """One for each place a key lives: carried away, at the operator's hand, and in the service."""

    root: str = field(repr=False)
    issuing: str = field(repr=False)
    signing: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Authority:
    """What signing needs: neither the root's key nor the issuing key."""

    root: x509.Certificate
    intermediates: tuple[x509.Certificate, ...]
    signer: KeyPair = field(repr=False)
    stamper: KeyPair = field(repr=False)
    crls: tuple[x509.CertificateRevocationList, ...]
    folder: Path | None = None

    @property
    def specimen(self) -> bool:
        return shapes.says_specimen(self.root)

    @property
    def key_id(self) -> str:
        return key_id(self.signer.certificate)


@dataclass(frozen=True, slots=True)
class _Founding:
    """A whole new authority, every key of it in memory."""

    root: KeyPair
    issuing: KeyPair
    signer: KeyPair
    stamper: KeyPair
    root_crl: x509.CertificateRevocationList
    issuing_crl: x509.CertificateRevocationList

    def authority(self) -> Authority:
        crls = (self.root_crl, self.issuing_crl)
        return Authority(self.root.certificate, (self.issuing.certificate,), self.signer, self.stamper, crls)


def create(folder: Path, *, name: str, passphrases: Passphrases, now: datetime, specimen: bool = False) -> Authority:
    """Found an authority called `name` in `folder`, which must be new or empty, whose root its operator is to be told to move away.

    The folder appears complete or not at all. Raises AuthorityExists, UnusableName or WeakPassphrase.
    """
    _check_length(passphrases.root, passphrases.issuing, passphrases.signing)
    founding = _found(_usable(name), now=now, specimen=specimen)
    staging = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(staging, ignore_errors=True)
    make_private_folder(staging)
    make_private_folder(staging / PUBLIC)
    _write_founding(staging, founding, passphrases)
    _take_place(staging, folder)
    log.debug(MOVE_AWAY.format(path=folder / ROOT_FILE))
    return replace(founding.authority(), folder=folder)


def create_in_memory(*, name: str, now: datetime) -> Authority:
    """A throw-away authority that says SPECIMEN, whose root and issuing keys are forgotten at once."""
    return _found(_usable(name), now=now, specimen=True).authority()


def load(folder: Path, *, passphrase: str) -> Authority:
    """The authority in `folder`, its signing keys opened with the `signing` passphrase. Raises NoKey."""
    signer = unseal(folder / SIGNER_FILE, passphrase)
    stamper = unseal(folder / STAMPER_FILE, passphrase)
    intermediates = tuple(map(_certificate, sorted((folder / PUBLIC).glob("issuing-*.pem"))))
    return Authority(_certificate(folder / ROOT_CERTIFICATE), intermediates, signer, stamper, current_crls(folder), folder)


def current_crls(folder: Path) -> tuple[x509.CertificateRevocationList, ...]:
    """Every revocation list in `folder`, the root's and each issuing authority's, as last renewed."""
    return tuple(map(_crl, sorted((folder / PUBLIC).glob("*.crl"))))


def export_public(folder: Path) -> list[Path]:
    """The files that verifiers may have: PEM certificates and revocation lists, never a key."""
    return sorted(path for path in (folder / PUBLIC).iterdir() if path.suffix in {".pem", ".crl"})


def root_key_is_here(folder: Path) -> bool:
    """Whether the operator still has to move the root away."""
    return (folder / ROOT_FILE).exists()


def renew_crls(folder: Path, *, passphrase: str, now: datetime, withdrawn: Mapping[int, datetime] | None = None) -> None:
    """A new list of the issuing authority, made with the `issuing` passphrase and without the root.

    `withdrawn` adds serial numbers and since when; earlier entries stay. The root's list lasts as long as what it issued.
    """
    issuing = unseal(folder / ISSUING_FILE, passphrase)
    _renew_list(folder, issuing, now=now, next_update=now + shapes.ISSUING_CRL_LIFE, withdrawn=withdrawn or {})


def renew_signer(folder: Path, *, issuing_passphrase: str, signing_passphrase: str, now: datetime) -> Authority:
    """New keys for papers and time stamps from the issuing authority. Papers signed before stay good."""
    _check_length(signing_passphrase)
    issuing = unseal(folder / ISSUING_FILE, issuing_passphrase)
    root = _certificate(folder / ROOT_CERTIFICATE)
    signer, stamper = _leaves(_name_of(root), issuing, specimen=shapes.says_specimen(root), now=now)
    _write_leaves(folder, signer, stamper, issuing=issuing, passphrase=signing_passphrase)
    return load(folder, passphrase=signing_passphrase)


def renew_issuing(folder: Path, *, passphrases: Passphrases, now: datetime) -> Authority:
    """A new issuing authority and new signing keys, for which the root must have been brought back. Raises NoKey without it.

    The former issuing authority signs its last list, good until the root ends, so that old papers can still be checked.
    """
    root = unseal(folder / ROOT_FILE, passphrases.root)
    former = unseal(folder / ISSUING_FILE, passphrases.issuing)
    _renew_list(folder, former, now=now, next_update=root.certificate.not_valid_after_utc, withdrawn={})
    specimen = shapes.says_specimen(root.certificate)
    issuing = shapes.issuing_pair(_issuing_name(_name_of(root.certificate), specimen=specimen, now=now), root=root, now=now)
    crl = shapes.revocation_list(
        root,
        number=_number(_crl(folder / ROOT_CRL)) + 1,
        now=now,
        next_update=issuing.certificate.not_valid_after_utc,
    )
    _write_issuing(folder, issuing, root=root, root_crl=crl, passphrase=passphrases.issuing)
    _renew_list(folder, issuing, now=now, next_update=now + shapes.ISSUING_CRL_LIFE, withdrawn={})
    return renew_signer(folder, issuing_passphrase=passphrases.issuing, signing_passphrase=passphrases.signing, now=now)


def _usable(name: str) -> str:
    stripped = name.strip()
    if not stripped or len(stripped) > LONGEST_NAME or not stripped.isprintable():
        raise UnusableName(f"An authority's name has 1 to {LONGEST_NAME} printable characters; this has {len(stripped)}.")
    return stripped


def _check_length(*passphrases: str) -> None:
    if any(len(passphrase) < SHORTEST_PASSPHRASE for passphrase in passphrases):
        raise WeakPassphrase(f"Each passphrase takes at least {SHORTEST_PASSPHRASE} characters.")


def _found(name: str, *, now: datetime, specimen: bool) -> _Founding:
    root = shapes.root_pair(shapes.subject(name, "Root CA", specimen=specimen), now=now)
    issuing = shapes.issuing_pair(_issuing_name(name, specimen=specimen, now=now), root=root, now=now)
    signer, stamper = _leaves(name, issuing, specimen=specimen, now=now)
    root_crl = shapes.revocation_list(root, number=1, now=now, next_update=issuing.certificate.not_valid_after_utc)
    issuing_crl = shapes.revocation_list(issuing, number=1, now=now, next_update=now + shapes.ISSUING_CRL_LIFE)
    return _Founding(root, issuing, signer, stamper, root_crl, issuing_crl)


def _issuing_name(name: str, *, specimen: bool, now: datetime) -> x509.Name:
    return shapes.subject(name, f"Issuing CA {now:%Y-%m}", specimen=specimen)


def _leaves(name: str, issuing: KeyPair, *, specimen: bool, now: datetime) -> tuple[KeyPair, KeyPair]:
    signer = shapes.subject(name, "Signer", specimen=specimen)
    stamper = shapes.subject(name, "Time Stamps", specimen=specimen)
    return (
        shapes.leaf_pair(signer, issuing=issuing, uses=shapes.SIGNER_USES, now=now),
        shapes.leaf_pair(stamper, issuing=issuing, uses=shapes.STAMPER_USES, now=now),
    )


def _write_founding(folder: Path, founding: _Founding, passphrases: Passphrases) -> None:
    root, issuing = founding.root, founding.issuing
    seal(folder / ROOT_FILE, root, passphrase=passphrases.root, rounds=OFFLINE_ROUNDS)
    write_private(folder / ROOT_CERTIFICATE, root.certificate.public_bytes(Encoding.PEM))
    write_private(_crl_path(folder, issuing), founding.issuing_crl.public_bytes(Encoding.PEM))
    _write_issuing(folder, issuing, root=root, root_crl=founding.root_crl, passphrase=passphrases.issuing)
    _write_leaves(folder, founding.signer, founding.stamper, issuing=issuing, passphrase=passphrases.signing)


def _write_issuing(
    folder: Path,
    issuing: KeyPair,
    *,
    root: KeyPair,
    root_crl: x509.CertificateRevocationList,
    passphrase: str,
) -> None:
    write_private(folder / ROOT_CRL, root_crl.public_bytes(Encoding.PEM))
    _publish(folder, "issuing", issuing)
    seal(folder / ISSUING_FILE, issuing, chain=[root.certificate], passphrase=passphrase)


def _write_leaves(folder: Path, signer: KeyPair, stamper: KeyPair, *, issuing: KeyPair, passphrase: str) -> None:
    for role, file, pair in (("signer", SIGNER_FILE, signer), ("tsa", STAMPER_FILE, stamper)):
        _publish(folder, role, pair)
        seal(folder / file, pair, chain=[issuing.certificate], passphrase=passphrase)


def _publish(folder: Path, role: str, pair: KeyPair) -> None:
    path = folder / PUBLIC / f"{role}-{key_id(pair.certificate)[:16]}.pem"
    write_private(path, pair.certificate.public_bytes(Encoding.PEM))


def _take_place(staging: Path, folder: Path) -> None:
    try:
        staging.rename(folder)
    except OSError as refused:
        shutil.rmtree(staging)
        raise AuthorityExists(f"{folder} is not empty. Keys are never written over: choose another folder.") from refused
    sync_folder(folder.parent)


def _renew_list(folder: Path, issuing: KeyPair, *, now: datetime, next_update: datetime, withdrawn: Mapping[int, datetime]) -> None:
    """Write the next list of `issuing`: the entries of its last one, if any, and those newly `withdrawn`."""
    path = _crl_path(folder, issuing)
    last = _crl(path) if path.exists() else None
    known = {} if last is None else {entry.serial_number: entry.revocation_date_utc for entry in last}
    number = 1 if last is None else _number(last) + 1
    renewed = shapes.revocation_list(issuing, number=number, now=now, next_update=next_update, withdrawn={**withdrawn, **known})
    write_private(path, renewed.public_bytes(Encoding.PEM))


def _crl_path(folder: Path, issuing: KeyPair) -> Path:
    return folder / PUBLIC / f"issuing-{key_id(issuing.certificate)[:16]}.crl"


def _certificate(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def _crl(path: Path) -> x509.CertificateRevocationList:
    return x509.load_pem_x509_crl(path.read_bytes())


def _number(crl: x509.CertificateRevocationList) -> int:
    return crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number


def _name_of(root: x509.Certificate) -> str:
    return str(root.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value)
