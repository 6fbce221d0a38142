"""Column types: random ids, UTC moments in milliseconds, canonical JSON text."""

import json
import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Dialect, Text, Uuid
from sqlalchemy.types import TypeDecorator

from lms.kernel.canonical import canonical
from lms.kernel.clock import cut

Id = Uuid


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC moment, stored as milliseconds since 1970: exact and sortable on every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - the hook's signature
        if value is None:
            return None
        if value.tzinfo is None:
            message = "A moment without a time zone cannot be stored."
            raise ValueError(message)
        return milliseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the hook's signature
        return None if value is None else moment(value)


class CanonicalJson(TypeDecorator[Any]):
    """A JSON value kept as RFC 8785 text, so that what was hashed is what is stored."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: object, dialect: Dialect) -> str | None:  # noqa: ARG002 - the hook's signature
        return None if value is None else canonical(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002 - the hook's signature
        return None if value is None else json.loads(value)


def milliseconds(value: datetime) -> int:
    """Milliseconds since 1970 of an aware moment, cut, never rounded up."""
    whole = cut(value)
    return int(whole.timestamp()) * 1000 + whole.microsecond // 1000


def moment(value: int) -> datetime:
    """The UTC moment of `value` milliseconds since 1970."""
    return datetime.fromtimestamp(value // 1000, UTC).replace(microsecond=value % 1000 * 1000)


def as_id(text: str) -> uuid.UUID | None:
    """The id written in `text`, or None when it is not one."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
