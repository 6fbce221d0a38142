"""The same crashes for longer, and those of a database server under the site."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from lms.db.session import Database
from tests.support.crashes import a_random_moment, kill_often, officers_at_work, refuse_loss, refuse_unsound, seat
from tests.support.databases import PostgresServer
from tests.support.served import Served, free_port

KILLS = int(os.environ.get("LMS_KILLS", "200"))
DATABASE_KILLS = max(1, KILLS // 10)


def test_no_acknowledged_answer_is_lost_in_many_kills(migrated_sqlite: Path, tmp_path: Path) -> None:
    assert kill_often(migrated_sqlite, tmp_path, kills=KILLS) > KILLS


@pytest.fixture
def empty(postgres_server: PostgresServer) -> Iterator[Database]:
    with postgres_server.fresh_database() as database:
        yield database


def test_no_acknowledged_answer_is_lost_when_the_database_server_is_killed(
    postgres_server: PostgresServer, empty: Database, tmp_path: Path
) -> None:
    address = empty.engine.url.render_as_string(hide_password=False).replace("+psycopg", "")
    examinees = seat(empty)
    empty.close()
    with Served(tmp_path, port=free_port(), LMS_DATABASE_URL=address) as served, officers_at_work(examinees, served.port) as desks:
        for _ in range(DATABASE_KILLS):
            a_random_moment()
            postgres_server.kill()
            postgres_server.restart()
            refuse_loss(address, desks)
    assert refuse_unsound(address, desks) > DATABASE_KILLS
