"""A submission that is loaded once and checked again and again."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from typing import Any

import pytest

from grader import assert_close
from grader.engine import Live
from grader.model import Outcome
from grader.sandbox import Avoid
from tests.support import SHORT, assignment, module, one_check


def passes(student: Any, draw: Any) -> None:
    assert_close(student.f(1.0), 2.0)


def stops(student: Any, draw: Any) -> None:
    raise KeyboardInterrupt


CHECKS = [one_check(passes, "passes"), one_check(stops, "stops"), one_check(passes, "last")]
SLOW_ONCE = """
    import pathlib, time

    def f(x):
        if not pathlib.Path("seen").exists():
            pathlib.Path("seen").touch()
            time.sleep(1000)
        return 2.0
"""


@pytest.fixture
def live(request: pytest.FixtureRequest) -> Iterator[Live]:
    one = Live(assignment(*CHECKS, limits=SHORT), module(request.param), seed=1, avoid=Avoid())
    yield one
    one.close()


@pytest.mark.parametrize("live", ["def f(x): return 2 * x"], indirect=True)
def test_whoever_is_stopped_keeps_what_there_is(live: Live) -> None:
    for _ in range(2):
        done = live.check(CHECKS, seed=1, until=math.inf)
        assert [result.check for result in done.report.results] == ["passes"]
        assert [check.name for check in done.left] == ["stops", "last"]
        assert done.stopped


@pytest.mark.parametrize("live", ["def f(x): return 2 * x"], indirect=True)
def test_when_time_is_up_no_check_is_begun(live: Live) -> None:
    done = live.check(CHECKS, seed=1, until=time.monotonic() - 1)
    assert done.report.results == ()
    assert len(done.left) == 3
    assert not done.stopped


@pytest.mark.parametrize("live", [SLOW_ONCE], indirect=True)
def test_what_times_out_is_tried_once_more(live: Live) -> None:
    report = live.check(CHECKS[:1], seed=1, until=math.inf).report
    assert report.results[0].outcome is Outcome.PASSED
    assert report.repeated == ("passes",)
