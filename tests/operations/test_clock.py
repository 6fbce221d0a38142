"""The machine's time is read once: whoever sets it under a running site moves nothing."""

import logging
import pickle
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from lms import worker
from lms.kernel.clock import SystemClock
from lms.web.site import Site

HOUR = 3600.0
AT_ONCE = timedelta(seconds=30)


class Wall:
    """A machine's time that the test sets."""

    ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@pytest.mark.parametrize("set_by", [-HOUR, HOUR])
def test_a_clock_goes_on_when_the_machines_time_is_set(set_by: float) -> None:
    wall = Wall()
    clock = SystemClock(wall)
    before = clock.now()
    wall.ahead = set_by
    assert timedelta() <= clock.now() - before < AT_ONCE
    assert abs(clock.moved() - timedelta(seconds=set_by)) < AT_ONCE
    assert abs(SystemClock(wall).now() - clock.now() - timedelta(seconds=set_by)) < AT_ONCE


def test_a_process_that_is_handed_the_clock_agrees_with_the_others() -> None:
    clock = SystemClock()
    assert abs(pickle.loads(pickle.dumps(clock)).now() - clock.now()) < AT_ONCE  # noqa: S301 - our own bytes
    assert pickle.loads(pickle.dumps(clock)) == clock  # noqa: S301 - our own bytes


def test_the_operator_is_told_once_a_minute_and_again_after_it_was_right(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    wall, told = Wall(), Counter[str]()
    here = replace(site, clock=SystemClock(wall))
    with caplog.at_level(logging.ERROR):
        worker.tell_of_a_set_clock(here, told)
        assert not caplog.messages
        wall.ahead = HOUR
        for _ in range(worker.ROUNDS_TOLD):
            worker.tell_of_a_set_clock(here, told)
        assert len(caplog.messages) == 1
        wall.ahead = 0.0
        worker.tell_of_a_set_clock(here, told)
        wall.ahead = -HOUR
        worker.tell_of_a_set_clock(here, told)
    assert len(caplog.messages) == 2
