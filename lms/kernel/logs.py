"""What the program says of itself on standard error, without control characters, secrets or answers.

One JSON object a line where a collector reads it, sentences where a person at a terminal does.
"""

import json
import logging
import logging.config
import re
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

SECRETS: Final = re.compile(r"(/(?:invitations|password-links|verify)/)[^/\s\"'?]+|\?[^\s\"']*=[^\s\"']*")
WITHHELD: Final = "[withheld]"


class JsonLines(logging.Formatter):
    """A record as one line of JSON. What could move a terminal or forge a second line is escaped."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "process": record.process,
            "message": without_secrets(record.getMessage()),
        }
        if record.exc_info and record.exc_info[1] is not None:
            entry["error"] = list(described(record.exc_info[1]))
        return json.dumps(entry, ensure_ascii=True).replace("\x7f", "\\u007f")


class Sentences(logging.Formatter):
    """A record as a person at a terminal reads it, on a line of its own; where an error came from follows, indented."""

    def format(self, record: logging.LogRecord) -> str:
        told = [f"{record.levelname.capitalize()}: {without_secrets(record.getMessage())}"]
        if record.exc_info and record.exc_info[1] is not None:
            told += [f"  {line}" for line in described(record.exc_info[1])]
        return "\n".join("".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in line) for line in told)


def without_secrets(text: str) -> str:
    """`text` without the secrets that stand in addresses: links that are used once, and everything after a question mark."""
    return SECRETS.sub(lambda found: f"{found[1] or '?'}{WITHHELD}", text)


def described(error: BaseException | None) -> Iterator[str]:
    """What went wrong and where in our own code, the cause last."""
    while error is not None:
        yield _sentence(error)
        frames = traceback.extract_tb(error.__traceback__)
        for frame in [frame for frame in frames if "site-packages" not in frame.filename] or frames[-1:]:
            yield f"  {frame.filename}:{frame.lineno} {frame.name}"
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _sentence(error: BaseException) -> str:
    """What the error says; of PostgreSQL's only the code, because its words quote the values that were sent."""
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    if kind.startswith("psycopg."):
        return f"{kind}: {getattr(error, 'sqlstate', None) or 'no connection'}"
    return kind if kind.startswith("sqlalchemy.") else f"{kind}: {without_secrets(str(error))}"


def configuration(level: str, *, plain: bool = False) -> dict[str, Any]:
    """The logging of every process: our own loggers at `level`, everybody else's from warnings on. `plain`: as sentences."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonLines}, "plain": {"()": Sentences}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain" if plain else "json", "stream": "ext://sys.stderr"}},
        "root": {"level": "WARNING", "handlers": ["stderr"]},
        "loggers": {"lms": {"level": level}},
    }


def configure(level: str, *, plain: bool = False) -> None:
    """Log from now on as `configuration` says. Raises ValueError for a level that does not exist."""
    logging.config.dictConfig(configuration(level, plain=plain))
