"""Canonical JSON (RFC 8785): the one text under which a value is hashed."""

import hashlib
from collections.abc import Mapping, Sequence

import rfc8785

Json = str | int | bool | None | Sequence["Json"] | Mapping[str, "Json"]


def canonical(value: object) -> str:
    """`value` as RFC 8785 text. Raises ValueError for what JSON cannot carry exactly (floats are refused)."""
    return rfc8785.dumps(_checked(value)).decode()


def content_hash(value: object) -> str:
    """SHA-256 in hex of the canonical text of `value`."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def _checked(value: object) -> Json:
    if isinstance(value, str | int | bool | None):
        return value
    if isinstance(value, Mapping):
        return {str(key): _checked(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [_checked(item) for item in value]
    message = f"{type(value).__name__} has no canonical form; use text or integers."
    raise ValueError(message)
