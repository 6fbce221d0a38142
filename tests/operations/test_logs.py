"""What the program logs: one line of JSON each, and nothing in it that should not be told."""

import json
import logging
import sys

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from lms.db.session import Database
from lms.kernel.logs import JsonLines, Sentences, configuration
from lms.settings import Settings


def logged(message: str, *arguments: object, error: BaseException | None = None) -> str:
    information = (type(error), error, error.__traceback__) if error else None
    return JsonLines().format(logging.LogRecord("lms.test", logging.ERROR, __file__, 1, message, arguments, information))


def test_a_message_cannot_forge_a_second_line_nor_move_the_terminal() -> None:
    line = logged("signed in: %s", "Dana\n{}\r\x1b[2J\x7f\u2028\u202e")
    assert line.isprintable()
    assert json.loads(line)["message"].startswith("signed in: Dana\n{}")


@pytest.mark.parametrize("path", ["/invitations/0XtCNsANhydoxBCkT9rm_g", "/sign-in?next=%2Fsecret-thing", "/verify/W7Q-SECRET?token=abc"])
def test_a_secret_in_an_address_is_withheld(path: str) -> None:
    line = logged("failed on %s", f"http://127.0.0.1:8000{path} of the site")
    assert "[withheld]" in line
    assert not any(secret in line for secret in ("0XtC", "secret-thing", "SECRET", "abc"))


def test_an_error_of_the_database_is_told_without_the_values_that_were_sent(database: Database) -> None:
    statement = text("INSERT INTO fact_register (hash, number, content, published_at) VALUES (:hash, 1, '{}', 0)")
    with database.writing() as session:
        session.execute(statement, {"hash": "my own answer"})
        with pytest.raises(DBAPIError) as failed:
            session.execute(statement, {"hash": "my own answer"})
        session.rollback()
    line = logged("it failed", error=failed.value)
    assert "IntegrityError" in line or "UniqueViolation" in line
    assert "my own answer" not in line


def test_an_error_says_where_it_happened_and_what_caused_it() -> None:
    def fail() -> None:
        try:
            int("x")
        except ValueError as error:
            raise KeyError("missing") from error

    with pytest.raises(KeyError) as failed:
        fail()
    told = json.loads(logged("it failed", error=failed.value))["error"]
    assert [line for line in told if not line.startswith("  ")] == [
        "builtins.KeyError: 'missing'",
        "builtins.ValueError: invalid literal for int() with base 10: 'x'",
    ]
    assert any("test_logs.py" in line and line.endswith(" fail") for line in told)


def test_only_our_own_loggers_tell_of_ordinary_things() -> None:
    made = configuration("INFO")
    assert (made["root"]["level"], made["loggers"]) == ("WARNING", {"lms": {"level": "INFO"}})
    assert "sqlalchemy" in sys.modules, "whose statements would be logged at INFO"


def test_a_person_at_a_terminal_reads_sentences() -> None:
    record = logging.LogRecord("lms.test", logging.WARNING, __file__, 1, "look at %s", ("Dana\n\x1b[2J",), None)
    assert Sentences().format(record) == "Warning: look at Dana\\n\\x1b[2J"


def test_a_sentence_withholds_secrets_and_an_error_follows_it_indented() -> None:
    error = ValueError("broken at /invitations/SECRET")
    record = logging.LogRecord("lms.test", logging.ERROR, __file__, 1, "failed", (), (type(error), error, None))
    assert Sentences().format(record).splitlines() == ["Error: failed", "  builtins.ValueError: broken at /invitations/[withheld]"]


def test_the_log_is_plain_where_it_is_asked_to_be() -> None:
    assert (configuration("INFO", plain=True)["handlers"]["stderr"]["formatter"], Settings().plain_log) == ("plain", True)
    assert configuration("INFO")["handlers"]["stderr"]["formatter"] == "json"
