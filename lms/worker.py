"""The periodic work: sweeps that one process at a time goes through every second, beside the site or on a machine of its own."""

import logging
import multiprocessing
import os
import signal
from collections import Counter
from datetime import timedelta
from threading import Event, Thread
from typing import Final

from lms.app import Sweep, open_site, sweeps
from lms.db import lease
from lms.kernel import logs
from lms.kernel.clock import SystemClock
from lms.kernel.ids import token
from lms.settings import Settings
from lms.web.site import Site

LEASE_LASTS: Final = timedelta(seconds=15)
SECONDS_BETWEEN: Final = 1.0
ROUNDS_TOLD: Final = 60
"""A sweep that goes on failing is told once a minute, not every second."""
MOST_MOVED: Final = timedelta(seconds=2)
"""By how much the machine's time may be set without a word."""
CLOCK: Final = "the machine's time"

logger = logging.getLogger(__name__)


def run(site: Site, stop: Event) -> None:
    """Sweep every second until `stop` is set, as long as nobody else does. Stops between sweeps, never within one."""
    holder, work = token(), sweeps()
    failures: Counter[str] = Counter()
    while not stop.is_set():
        tell_of_a_set_clock(site, failures)
        round_of(site, work, holder=holder, failures=failures, stop=stop)
        stop.wait(SECONDS_BETWEEN)
    _step_down(site, holder)


def round_of(site: Site, work: list[Sweep], *, holder: str, failures: Counter[str], stop: Event) -> None:
    """Each sweep once, while `holder` leads. A sweep that fails is logged, and the others still run."""
    for sweep in work:
        if stop.is_set():
            return
        name = sweep.__name__
        try:
            if not _leads(site, holder):
                return
            done = sweep(site)
        except Exception:
            if failures[name] % ROUNDS_TOLD == 0:
                logger.exception("the sweep %s failed %d times in a row; it is tried again every second", name, failures[name] + 1)
            failures[name] += 1
        else:
            if failures.pop(name, 0):
                logger.warning("the sweep %s works again", name)
            if done:
                logger.debug("the sweep %s did %d", name, done)


def tell_of_a_set_clock(site: Site, told: Counter[str]) -> None:
    """Log once a minute that somebody has set the machine's time under the running site, which goes on by its own."""
    moved = site.clock.moved() if isinstance(site.clock, SystemClock) else timedelta()
    if abs(moved) < MOST_MOVED:
        told.pop(CLOCK, None)
        return
    if told[CLOCK] % ROUNDS_TOLD == 0:
        said = "the machine's time was moved by %s s; no deadline moves. Restart the site when no exam is under way."
        logger.error(said, moved.total_seconds())
    told[CLOCK] += 1


def _leads(site: Site, holder: str) -> bool:
    with site.database.writing() as session:
        return lease.acquire(session, name=lease.WORK, holder=holder, now=site.clock.now(), lasts=LEASE_LASTS)


def _step_down(site: Site, holder: str) -> None:
    try:
        with site.database.writing() as session:
            lease.release(session, name=lease.WORK, holder=holder, now=site.clock.now())
    except Exception:
        logger.exception("the lease could not be given back; it ends by itself")
    site.database.close()


def main(settings: Settings, clock: SystemClock | None = None) -> None:
    """The whole life of a worker process: until SIGTERM or SIGINT, or until the process that started it is gone."""
    logs.configure(settings.log_level, plain=settings.plain_log)
    stop = Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    if multiprocessing.parent_process() is None:
        signal.signal(signal.SIGINT, lambda *_: stop.set())
    else:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process; the first one stops this one
    end_with_parent()
    run(open_site(settings, clock=clock), stop)


def end_with_parent() -> None:
    """End this process as by SIGTERM when the process that started it dies, so that nothing of a killed site stays behind."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def wait() -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)

    Thread(target=wait, name="end-with-parent", daemon=True).start()
