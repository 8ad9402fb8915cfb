"""The kernel's account of CPU time and memory: complete, readable from outside on every rung, and not to be faked."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from grader.sandbox import NONE, A, B, Child, Rung, account
from grader.sandbox.account import Spent, cpu_ns, spent, tree
from tests.rungs import launcher_on
from tests.support import LIMITS, loaded

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps such an account")
MS, MIB = 1_000_000, 1 << 20
TICK = 10 * MS

WORK = """
import os
import threading
import time

import numpy as np


def burn(milliseconds):
    end = time.thread_time_ns() + int(milliseconds * 1e6)
    while time.thread_time_ns() < end:
        pass
    return 1.0


def burn_in_a_thread(milliseconds):
    thread = threading.Thread(target=burn, args=(milliseconds,))
    thread.start()
    thread.join()
    return 1.0


def burn_in_a_process(milliseconds):
    pid = os.fork()
    if pid == 0:
        burn(milliseconds)
        os._exit(0)
    os.waitpid(pid, 0)
    return 1.0


def burn_and_lie(milliseconds):
    burn(milliseconds)
    for name in dir(time):
        if name.endswith(("time", "time_ns")):
            setattr(time, name, lambda: 0)
    return 1.0


def sleep(milliseconds):
    time.sleep(milliseconds / 1000)
    return 1.0


def allocate(mebibytes):
    return float(np.ones(mebibytes << 17).sum())
"""


def used(child: Child, name: str, amount: int) -> tuple[int, int]:
    """CPU time and the growth of the peak of memory, over one call."""
    before = child.spent()
    assert before is not None
    child.call(name, [amount], {}, {})
    after = child.spent()
    assert after is not None
    return after.cpu_ns - before.cpu_ns, after.peak - before.resident


@pytest.mark.parametrize("rung", [NONE, A, B], ids=lambda rung: rung.name)
def test_a_call_is_accounted_for_wherever_it_burns_its_time(rung: Rung) -> None:
    launcher = launcher_on(rung)
    try:
        with loaded(launcher, WORK) as guest, guest.check(LIMITS) as child:
            used(child, "burn", 1)  # the first call also touches pages for the first time
            assert used(child, "burn", 50)[0] >= 50 * MS
            assert used(child, "burn_in_a_thread", 50)[0] >= 50 * MS
            assert used(child, "burn_in_a_process", 50)[0] >= 50 * MS - 2 * TICK
            assert used(child, "sleep", 100)[0] < 50 * MS
            assert 64 * MIB <= used(child, "allocate", 64)[1] < 80 * MIB
            assert used(child, "burn_and_lie", 50)[0] >= 50 * MS
    finally:
        launcher.close()


def test_nothing_is_known_of_a_child_that_has_ended() -> None:
    launcher = launcher_on(NONE)
    try:
        with loaded(launcher, WORK) as guest:
            with guest.check(LIMITS) as child:
                pass
            assert child.spent() is None
    finally:
        launcher.close()


def test_the_tree_holds_children_and_their_children() -> None:
    script = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'input()'])"
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE) as process:
        until = time.monotonic() + 30
        while len(list(tree(process.pid))) < 2 and time.monotonic() < until:
            time.sleep(0.01)
        assert len(list(tree(process.pid))) == 2
        assert set(tree(process.pid)) <= set(tree(os.getpid()))
        process.communicate(b"\n")


def test_a_clock_of_nobody_is_an_error_and_a_tree_of_nobody_has_spent_nothing() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    with pytest.raises(OSError, match=r".+"):
        cpu_ns(process.pid)
    assert spent(process.pid) == Spent(0, 0, 0, 0)


def test_an_account_that_does_not_show_the_childs_process_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or all would cost nothing, and everything would pass."""
    launcher = launcher_on(NONE)
    try:
        with loaded(launcher, WORK) as guest, guest.check(LIMITS) as child:
            assert child.spent() is not None
            monkeypatch.setattr(account, "tree", lambda root: iter([root]))
            assert child.spent() is None
    finally:
        launcher.close()
