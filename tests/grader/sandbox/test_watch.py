"""Looking at processes that end while they are looked at."""

from __future__ import annotations

import contextlib
import gc
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from grader import assert_close
from grader.checks import Draw
from grader.engine.student import Student
from grader.guest.jail import nameless
from grader.model import NoAnswer, Outcome
from grader.sandbox import NONE, A, B, Launcher, Rung, watch
from tests.rungs import launcher_on
from tests.support import LIMITS, judged, loaded


def gone(*_: object, **__: object) -> str:
    raise ProcessLookupError


@pytest.mark.parametrize(
    ("look", "where", "name"),
    [(watch._seen, os, "read"), (lambda pid: nameless.held(pid, "/nowhere"), Path, "read_text")],
    ids=["watch", "nameless"],
)
@pytest.mark.filterwarnings("error")
def test_a_process_that_ends_while_it_is_looked_at_leaves_no_folder_open(
    look: Callable[[int], object], where: object, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    monkeypatch.setattr(where, name, gone)
    assert look(os.getpid()) is not None
    monkeypatch.undo()
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    gc.collect()


BURN_AND_HOLD = """
import os, time
def burn(seconds):
    until = time.process_time() + seconds
    while time.process_time() < until: pass
    return 1.0
def in_a_child(seconds):
    if os.fork() == 0:
        burn(seconds)
        os._exit(0)
    os.wait()
    return 1.0
def hold(mib):
    kept = bytearray(mib << 20)
    for place in range(0, len(kept), 4096): kept[place] = 1
    return float(len(kept))
def die(seconds):
    burn(seconds)
    os._exit(3)
"""


@pytest.mark.parametrize("rung", [NONE, A, B], ids=["none", "A", "B"])
def test_cpu_time_and_memory_of_a_check_are_those_that_the_kernel_accounts_for(rung: Rung) -> None:
    launcher = launcher_on(rung)
    with loaded(launcher, BURN_AND_HOLD) as guest:
        used: dict[str, watch.Usage] = {}
        for name, amount in {"hold": 200, "burn": 0.3, "in_a_child": 0.3, "die": 0.3}.items():
            with guest.check(LIMITS) as child, contextlib.suppress(NoAnswer):
                child.call(name, [amount], {}, {})
            assert child.usage is not None
            used[name] = child.usage
    launcher.close()
    assert used["hold"].memory_mb > 200 > used["burn"].memory_mb
    for name in ("burn", "in_a_child", "die"):
        assert 0.25 < used[name].cpu_seconds < 3.0, name


def test_a_report_holds_what_each_check_used(launcher: Launcher) -> None:
    def asks(student: Student, draw: Draw) -> None:
        assert_close(student.burn(0.1), 1.0)

    result = judged(launcher, asks, BURN_AND_HOLD)
    assert result.outcome is Outcome.PASSED
    assert (result.cpu_seconds or 0.0) > 0.05
    assert (result.memory_mb or 0.0) > 1.0
