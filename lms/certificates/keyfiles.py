"""Files that hold or stand beside keys: mode 600 from their first byte, written whole or not at all, in folders of mode 700."""

import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import PrivateFormat, pkcs12

from lms.certificates.x509_shapes import KeyPair
from lms.kernel.errors import Invalid

PRIVATE_FILE: Final = 0o600
PRIVATE_FOLDER: Final = 0o700
OFFLINE_ROUNDS: Final = 600_000
"""PBKDF2 rounds on a file that is carried about, which may be stolen and guessed at."""
ONLINE_ROUNDS: Final = 50_000
"""Rounds on keys whose passphrases lie on the same machine: more would only delay the start of each worker."""


class NoKey(Invalid):
    """A key that is needed is not where it should be, or its passphrase is another."""


def seal(path: Path, pair: KeyPair, *, chain: Sequence[x509.Certificate] = (), passphrase: str, rounds: int = ONLINE_ROUNDS) -> None:
    """Write `pair` and the certificates above it as PKCS#12 under `passphrase` (AES-256, PBKDF2), in one step."""
    protection = (
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(rounds)
        .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
        .hmac_hash(hashes.SHA256())
        .build(passphrase.encode())
    )
    write_private(path, pkcs12.serialize_key_and_certificates(None, pair.key, pair.certificate, chain, protection))


def unseal(path: Path, passphrase: str) -> KeyPair:
    """The pair that `seal` wrote. Raises NoKey."""
    try:
        key, certificate, _ = pkcs12.load_key_and_certificates(path.read_bytes(), passphrase.encode())
    except FileNotFoundError:
        raise NoKey(f"There is no {path.name} in {path.parent}.") from None
    except ValueError:
        raise NoKey(f"{path} does not open with this passphrase.") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or certificate is None:
        raise NoKey(f"{path} holds no elliptic-curve key with its certificate.")
    return KeyPair(key, certificate)


def write_private(path: Path, data: bytes) -> None:
    """Put `data` at `path`, replacing what was there in one step and only after it is on the disk."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, PRIVATE_FILE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def make_private_folder(folder: Path) -> None:
    """A new folder that only its owner may enter; its parents are made as usual. Refuses one that exists."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=PRIVATE_FOLDER)


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` survive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
