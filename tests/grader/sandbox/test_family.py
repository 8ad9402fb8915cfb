"""What a zygote keeps: one process that waits for the next submission, and nothing of those before."""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grader.sandbox import NONE, A, B, Launcher
from grader.sandbox.zygote import ForkedMember, Zygotes
from tests.rungs import launcher_on
from tests.support import LIMITS, call, loaded

SOAK = int(os.environ.get("SOAK", "300"))  # submissions


@pytest.fixture(scope="module", params=[A, B], ids=lambda rung: rung.name)
def jailed(request: pytest.FixtureRequest) -> Iterator[Launcher]:
    mine = launcher_on(request.param)
    yield mine
    mine.close()


@pytest.fixture
def bare() -> Iterator[Launcher]:
    mine = launcher_on(NONE)
    yield mine
    mine.close()


def _process(launcher: Launcher) -> int | None:
    """The number of the process that the next submission gets."""
    member = launcher.start(("numpy",), LIMITS)
    assert isinstance(member, ForkedMember) and member.data.watch is not None
    pid = member.data.watch.pid
    member.end()
    return pid


def test_the_next_submission_gets_the_process_that_waits(jailed: Launcher) -> None:
    _settle(jailed)
    assert _spare(jailed) == _process(jailed)


def test_where_the_process_that_waits_was_killed_there_is_another(bare: Launcher) -> None:
    _settle(bare)
    waits = _spare(bare)
    os.kill(waits, signal.SIGKILL)
    _await_end(waits)
    assert _process(bare) not in (waits, None)


def test_a_submission_with_other_limits_gets_those(jailed: Launcher) -> None:
    code = "import resource\ndef f(x): return resource.getrlimit(resource.RLIMIT_AS)[0] >> 20"
    for megabytes in (LIMITS.memory_mb, LIMITS.memory_mb // 2, LIMITS.memory_mb):
        _settle(jailed)
        with loaded(jailed, code, replace(LIMITS, memory_mb=megabytes)) as guest:
            assert call(guest, "f", 1) == megabytes


def _zygote_processes(launcher: Launcher) -> list[int]:
    """The zygote and, on rung A, the process 1 of its namespaces."""
    assert isinstance(launcher, Zygotes)
    (zygote,) = launcher._running.values()
    pid = zygote._process.pid
    return [pid, *_children(pid)] if launcher.protection.rung == "A" else [pid]


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _settle(launcher: Launcher) -> None:
    """Wait until what was to be buried is, and the next M, which waits for its submission, is all that is left."""
    launcher.start(("numpy",), LIMITS).end(grace=1.0)
    assert _spare(launcher)


def _spare(launcher: Launcher) -> int:
    """The process that waits."""
    zygote, deadline = _zygote_processes(launcher)[-1], time.monotonic() + 30
    while len(_children(zygote)) != 1 and time.monotonic() < deadline:
        time.sleep(0.01)
    (spare,) = _children(zygote)
    return spare


def _await_end(pid: int) -> None:
    """Wait until a killed process, which others bury, has ended: a signal is on its way for a while."""
    handle = os.pidfd_open(pid)
    try:
        assert select.select([handle], [], [], 30)[0]
    finally:
        os.close(handle)


def _holds(pids: list[int]) -> tuple[int, int, int]:
    """Descriptors, KiB of memory of their own, and processes below them."""
    descriptors = sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in pids)
    status = "\n".join(Path(f"/proc/{pid}/status").read_text() for pid in pids)
    memory = sum(int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon:"))
    below = sum(len(_children(pid)) for pid in pids)
    return descriptors, memory, below


def test_a_zygote_does_not_grow_over_many_submissions(jailed: Launcher) -> None:
    code = "import numpy as np\nx = np.ones(100_000)\nopen('left', 'wb').write(bytes(10_000))\ndef f(n): return n + {k}"
    for k in range(SOAK):
        with loaded(jailed, code.replace("{k}", str(k))) as guest:
            assert call(guest, "f", 1) == 1 + k
        if k == 50:
            _settle(jailed)
            pids = _zygote_processes(jailed)
            before = _holds(pids)
    _settle(jailed)
    after = _holds(pids)
    assert after[0] == before[0]
    assert after[1] <= before[1] + 2048
    assert after[2] == before[2]
