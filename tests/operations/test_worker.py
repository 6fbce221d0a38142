"""The periodic work: one process does it, another takes over, and nothing that fails stops the rest."""

import logging
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from threading import Event, Thread

import pytest

from lms import worker
from lms.db import lease
from lms.db.models import Lease
from lms.db.session import Database
from lms.kernel.clock import FrozenClock
from lms.web.site import Site

LASTS = timedelta(seconds=15)


def takes(database: Database, holder: str, clock: FrozenClock) -> bool:
    with database.writing() as session:
        return lease.acquire(session, name="work", holder=holder, now=clock.now(), lasts=LASTS)


def test_one_of_two_has_the_lease(database: Database, clock: FrozenClock) -> None:
    assert takes(database, "first", clock)
    assert not takes(database, "second", clock)
    assert takes(database, "first", clock)


def test_a_lease_that_is_used_is_kept(database: Database, clock: FrozenClock) -> None:
    assert takes(database, "first", clock)
    for _ in range(10):
        clock.advance(timedelta(seconds=9))
        assert takes(database, "first", clock)
        assert not takes(database, "second", clock)


def test_a_lease_whose_holder_falls_silent_passes_on(database: Database, clock: FrozenClock) -> None:
    assert takes(database, "first", clock)
    clock.advance(LASTS)
    assert takes(database, "second", clock)
    assert not takes(database, "first", clock)


def test_a_lease_that_is_given_back_passes_on_at_once(database: Database, clock: FrozenClock) -> None:
    assert takes(database, "first", clock)
    with database.writing() as session:
        lease.release(session, name="work", holder="second", now=clock.now())
    assert not takes(database, "second", clock)
    with database.writing() as session:
        lease.release(session, name="work", holder="first", now=clock.now())
    assert takes(database, "second", clock)


def test_many_who_start_at_once_agree_on_one(database: Database, clock: FrozenClock) -> None:
    found: list[bool] = []
    threads = [Thread(target=lambda name=str(number): found.append(takes(database, name, clock))) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(found) == {True: 1, False: 7}


def test_a_sweep_that_fails_is_logged_and_the_others_still_run(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    def broken(_: Site) -> int:
        raise RuntimeError("no disk")

    def sound(_: Site) -> int:
        done.append(1)
        return 1

    done: list[int] = []
    failures: Counter[str] = Counter()
    for _ in range(3):
        worker.round_of(site, [broken, sound], holder="us", failures=failures, stop=Event())
    assert done == [1, 1, 1]
    assert [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR] == [
        "the sweep broken failed 1 times in a row; it is tried again every second"
    ]


def test_a_worker_told_to_stop_begins_no_other_sweep(site: Site) -> None:
    stop = Event()

    def first(_: Site) -> int:
        stop.set()
        return 0

    def second(_: Site) -> int:
        raise AssertionError("began after the stop")

    worker.round_of(site, [first, second], holder="us", failures=Counter(), stop=stop)


def test_only_the_leader_sweeps(site: Site, clock: FrozenClock) -> None:
    def sweep(_: Site) -> int:
        raise AssertionError("swept without the lease")

    with site.database.writing() as session:
        lease.acquire(session, name=lease.WORK, holder="them", now=clock.now(), lasts=LASTS)
    worker.round_of(site, [sweep], holder="us", failures=Counter(), stop=Event())


def test_a_worker_that_ends_lets_the_next_one_lead(site: Site, clock: FrozenClock) -> None:
    stop = Event()
    own = replace(site, database=Database(site.database.engine.url.render_as_string(hide_password=False)))
    thread = Thread(target=worker.run, args=(own, stop))
    thread.start()
    while not (leads := _leaders(site)):
        pass
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    assert len(leads) == 1
    assert takes_over(site, clock)


def _leaders(site: Site) -> list[str]:
    with site.database.reading() as session:
        return [found.holder for found in session.query(Lease)]


def takes_over(site: Site, clock: FrozenClock) -> bool:
    with site.database.writing() as session:
        return lease.acquire(session, name=lease.WORK, holder="next", now=clock.now(), lasts=LASTS)
