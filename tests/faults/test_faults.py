"""Whatever fails while officers answer: nothing acknowledged is lost, nothing is stored twice, and pages show what is stored."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.exams.models import AttemptHead, Step
from tests.faults.conftest import seated_in, times
from tests.faults.jumping import set_wall
from tests.support.crashes import Desk, Examinee, a_random_moment, officers_at_work, opened, refuse_loss, seat
from tests.support.databases import PostgresServer
from tests.support.disks import Disk
from tests.support.reckoning import Outcome, reckoned
from tests.support.served import Served, free_port

PATIENCE = 30.0
"""Seconds in which every officer must have met what was done to the site."""
HOURS = 3600


def held(found: Outcome, outcomes: list[Outcome]) -> bool:
    """Whether the outcome, which becomes a row of the table, is as it must be."""
    outcomes.append(found)
    return found.holds


def until_all(count: Callable[[Desk], int], desks: list[Desk]) -> None:
    """Wait until the count of every officer has grown."""
    before = [count(desk) for desk in desks]
    until = time.monotonic() + PATIENCE
    while any(count(desk) <= was for desk, was in zip(desks, before, strict=True)):
        assert [failure for desk in desks for failure in desk.failures] == []
        assert time.monotonic() < until, "the officers waited for too long"
        time.sleep(0.02)


def all_save(desks: list[Desk]) -> None:
    """Wait until every officer has one more receipt."""
    until_all(lambda desk: len(desk.receipts), desks)


def all_are_told(desks: list[Desk]) -> None:
    """Wait until every officer was told that something was not saved."""
    until_all(lambda desk: desk.unsaved, desks)


def test_every_process_is_killed(migrated_sqlite: Path, tmp_path: Path, outcomes: list[Outcome]) -> None:
    address, examinees = seated_in(migrated_sqlite, tmp_path)
    kills = times(100, 4)
    with Served(tmp_path, port=free_port()) as served:
        with officers_at_work(examinees, served.port) as desks:
            for number in range(kills):
                all_save(desks)
                a_random_moment()
                if number % 2:
                    served.kill_workers()
                    served.answers_again()
                else:
                    served.kill()
                    served.start()
                refuse_loss(address, desks)
        assert held(reckoned("every process is killed", kills, address=address, desks=desks), outcomes)


def test_what_was_not_written_down_is_lost_with_the_power(power: Disk | None) -> None:
    if power is None:
        return  # refused, as the table tells
    kept, lost = power.folder / "kept", power.folder / "lost"
    with kept.open("wb") as file:
        file.write(b"kept")
        file.flush()
        os.fsync(file.fileno())
    lost.write_bytes(b"lost")
    power.loses_power()
    power.comes_back()
    assert kept.read_bytes() == b"kept"
    assert not lost.exists() or lost.read_bytes() == b""


def test_the_data_disk_loses_power(migrated_sqlite: Path, power: Disk | None, tmp_path: Path, outcomes: list[Outcome]) -> None:
    if power is None:
        return  # refused, as the table tells
    address, examinees = seated_in(migrated_sqlite, power.folder)
    failures = times(10)
    served = Served(power.folder, port=free_port(), log=tmp_path)
    served.start()
    try:
        with officers_at_work(examinees, served.port) as desks:
            for _ in range(failures):
                all_save(desks)
                a_random_moment()
                served.stands_still()
                power.loses_power()
                served.kill()
                power.comes_back()
                served.start()
                refuse_loss(address, desks)
            all_save(desks)
        assert held(reckoned("the data disk loses power", failures, address=address, desks=desks), outcomes)
    finally:
        served.kill()


def test_the_disk_is_full(migrated_sqlite: Path, full: Disk | None, tmp_path: Path, outcomes: list[Outcome]) -> None:
    if full is None:
        return  # refused, as the table tells
    address, examinees = seated_in(migrated_sqlite, full.folder)
    fillings = times(10)
    with Served(full.folder, port=free_port(), log=tmp_path) as served:
        with officers_at_work(examinees, served.port) as desks:
            for _ in range(fillings):
                all_save(desks)
                full.fills_up()
                all_are_told(desks)
                refuse_loss(address, desks)
                full.has_room_again()
                all_save(desks)
        assert held(reckoned("the disk is full", fillings, address=address, desks=desks), outcomes)


@contextmanager
def on_postgresql(server: PostgresServer, folder: Path) -> Iterator[tuple[Served, str, list[Examinee]]]:
    """The site on a database of `server`, with officers who sit the small exam."""
    with server.fresh_database() as database:
        address = database.engine.url.render_as_string(hide_password=False).replace("+psycopg", "")
        examinees = seat(database)
        database.close()
        with Served(folder, port=free_port(), LMS_DATABASE_URL=address) as served:
            yield served, address, examinees


@pytest.mark.parametrize("how", ["killed", "stopped"])
def test_postgresql_ends_and_starts(own_postgres: PostgresServer, tmp_path: Path, outcomes: list[Outcome], how: str) -> None:
    ends = times(5)
    with on_postgresql(own_postgres, tmp_path) as (served, address, examinees):
        with officers_at_work(examinees, served.port) as desks:
            for _ in range(ends):
                all_save(desks)
                a_random_moment()
                own_postgres.kill() if how == "killed" else own_postgres.end()
                all_are_told(desks)
                own_postgres.restart()
                all_save(desks)
                refuse_loss(address, desks)
        assert held(reckoned(f"PostgreSQL is {how}", ends, address=address, desks=desks), outcomes)


def test_the_machines_time_is_set(migrated_sqlite: Path, tmp_path: Path, outcomes: list[Outcome]) -> None:
    address, examinees = seated_in(migrated_sqlite, tmp_path)
    set_wall(tmp_path, 0)
    jumps = [step * HOURS for step in (3, -3, 24, -24, 0)] * times(4)
    with Served(tmp_path, port=free_port(), module="tests.faults.jumping") as served:
        with opened(address) as session:
            before = deadlines(session)
        with officers_at_work(examinees, served.port) as desks:
            for number, seconds in enumerate(jumps):
                set_wall(tmp_path, seconds)
                all_save(desks)
                if number % 5 == 0:
                    served.kill_workers()  # those that are started now find the machine's time moved
                    served.answers_again()
                    all_save(desks)
        assert held(reckoned("the machine's time is set", len(jumps), address=address, desks=desks), outcomes)
    with opened(address) as session:
        assert deadlines(session) == before
        first, last = session.execute(select(func.min(Step.at), func.max(Step.at))).one()
    assert last - first < timedelta(minutes=30)


def deadlines(session: Session) -> list[object]:
    """When each attempt ends; None for one that was closed."""
    return list(session.scalars(select(AttemptHead.due_at).order_by(AttemptHead.attempt_id)))
