"""The zygote: replaced when it dies, ended when we end, and honest about a machine that cannot fork."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from grader.model import NoAnswer
from grader.sandbox import Cargo, Guest, GuestLost, open_launcher
from grader.sandbox.zygote import Zygotes, ask
from tests.support import LIMITS, module


def test_a_killed_zygote_is_replaced(launcher: Zygotes) -> None:
    """Without a jail, student code can kill it."""
    mine = open_launcher(("numpy",))
    assert isinstance(mine, Zygotes)
    try:
        kill = "import os, signal\ndef f(x):\n    os.kill(zygote, signal.SIGKILL)\n    return x\nzygote = os.getppid()"
        guest = Guest(mine, Cargo(submission=module(kill), limits=LIMITS))
        with guest.check(LIMITS) as child, contextlib.suppress(NoAnswer):  # M may die of it before it answers
            child.call("f", [1], {}, {})
        guest.close()
        guest = Guest(mine, Cargo(submission=module("def f(x): return x"), limits=LIMITS))
        with guest.check(LIMITS) as child:
            assert child.call("f", [2], {}, {}) == 2
        guest.close()
    finally:
        mine.close()


def test_closing_ends_every_process(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = open_launcher(("numpy",))
    guest = Guest(
        mine, Cargo(submission=module("import os\ndef f(): return [os.getpid(), os.getppid()]"), limits=LIMITS)
    )
    with guest.check(LIMITS) as child:
        pids = child.call("f", [], {}, {})
    mine.close()
    guest.close()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_a_zygote_that_cannot_start_is_our_fault_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.sandbox.command.command", lambda **_: [sys.executable, "/nonexistent/boot.py"])
    mine = open_launcher(("numpy",))
    with pytest.raises(GuestLost):
        Guest(mine, Cargo(submission=module(""), limits=LIMITS))
    mine.close()


@pytest.mark.parametrize("answer", [b"", b"not json", b"[1]", b"[" * 5000])
def test_an_answer_that_is_none_is_a_lost_guest(answer: bytes) -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        threading.Thread(target=lambda: (theirs.recv(1000), theirs.send(answer))).start()
        with pytest.raises(GuestLost):
            ask(ours, {"op": "fork"}, seconds=5.0)


def test_a_zygote_ends_when_its_grader_dies_and_leaves_no_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    code = (
        "from grader.sandbox import open_launcher, Guest, Cargo\n"
        "from tests.support import module\n"
        "import os, time\n"
        "launcher = open_launcher(('numpy',))\n"
        "guest = Guest(launcher, Cargo(submission=module('x = 1')))\n"
        "print(next(iter(launcher._running.values()))._process.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as grader:
        assert grader.stdout is not None
        zygote = int(grader.stdout.readline())
        grader.send_signal(signal.SIGKILL)
    for _ in range(200):
        try:
            os.kill(zygote, 0)
        except ProcessLookupError:
            assert list(tmp_path.iterdir()) == []
            return
        time.sleep(0.05)
    pytest.fail("the zygote outlived its grader")


def test_a_machine_without_room_is_our_fault_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object, **_kwargs: object) -> None:
        raise OSError(24, "Too many open files")

    mine = open_launcher(("numpy",))
    try:
        for place in ("tempfile.mkdtemp", "socket.socketpair"):
            with monkeypatch.context() as patched:
                patched.setattr(place, full)
                with pytest.raises(GuestLost, match="Too many open files"):
                    Guest(mine, Cargo(submission=module(""), limits=LIMITS))
        guest = Guest(mine, Cargo(submission=module("x = 1"), limits=LIMITS))
        with monkeypatch.context() as patched:
            patched.setattr("socket.socketpair", full)
            with pytest.raises(GuestLost, match="Too many open files"):
                guest.check(LIMITS)
        guest.close()
    finally:
        mine.close()
