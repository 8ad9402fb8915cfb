"""Hostile bytes from a live guest: every frame ends in an outcome, in time and in bounded memory of the grader's."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader import assert_close, assert_shape
from grader.guest import wire
from grader.guest.wire import frames
from grader.model import NoAnswer, Outcome
from grader.reports import to_json
from grader.sandbox import NONE, A, B, Launcher
from tests.attacks.arena import TIGHT
from tests.attacks.bank.wire import SOCKETS
from tests.rungs import launcher_on
from tests.support import call, graded, judged, loaded, module, one_check

MIB = 1 << 20
LITTLE = replace(TIGHT, wall_seconds=0.6, reply_mb=4)
FRAMES = 200
CAP = 160 * MIB  # a header of 1 MiB may become objects of some 100, and the reply itself is up to 4
FLOOD = 2 * MIB


@pytest.fixture(scope="module", params=[A, B], ids=["A", "B"])
def jailed(request: pytest.FixtureRequest) -> Iterator[Launcher]:
    launcher = launcher_on(request.param)
    yield launcher
    launcher.close()


@pytest.fixture(scope="module")
def bare() -> Iterator[Launcher]:
    launcher = launcher_on(NONE)
    yield launcher
    launcher.close()


# ------------------------------------------------------------------------------------------------- the live fuzzer


def frame(message: object, payload: bytes = b"", arrays: object = (), *, magic: bytes = frames.MAGIC) -> bytes:
    header = message if isinstance(message, bytes) else json.dumps({"m": message, "a": arrays}).encode()
    return frames.PREFIX.pack(magic, len(header), len(payload)) + header + payload


def honest() -> bytes:
    arrays: list[wire.Array] = []
    value = {"loss": 0.5, "grads": [np.ones((2, 3)), np.arange(4)], "names": ("W", "b"), "big": [1.0] * 30}
    message = {"value": wire.encode(value, arrays)}
    return b"".join(bytes(piece) for piece in wire.pack(message, arrays))


def nested(depth: int) -> Any:
    value: Any = 0
    for _ in range(depth):
        value = {"t": [value]}
    return value


COLLIDE = (1 << 61) - 1  # integers that are multiples of it all have the hash 0

# fmt: off
WHOLE = [
    b"", b"\0" * 16, b"GGw1", os.urandom(64), pickle.dumps({"value": True}), b"HTTP/1.1 200 OK\r\n\r\n" * 40,
    frames.PREFIX.pack(frames.MAGIC, frames.MAX_HEADER, 0) + b"[" * frames.MAX_HEADER,
    frames.PREFIX.pack(frames.MAGIC, 2**32 - 1, 2**64 - 1), frames.PREFIX.pack(frames.MAGIC, 100, 0) + b"{",
    frame({"value": {"a": 0}}, bytes(4 * MIB), [["|b1", [4] * 11]]),
    frame({"value": {"a": 0}}, bytes(4 * MIB), [["<c16", [1 << 18]]]),
    frame({"value": {"a": 0}}, b"", [["<f8", [0, 2**60]]]), frame({"value": {"a": 0}}, bytes(8), [["|O", [1]]]),
    frame({"value": [[] for _ in range(340_000)]}), frame({"value": [{"t": []} for _ in range(80_000)]}),
    frame({"value": [{"d": [[k * COLLIDE, 0] for k in range(4096)]} for _ in range(9)]}),
    frame({"value": ["x" * 60_000, *["y"] * 200_000]}), frame({"value": 10**22}), frame({"value": nested(25)}),
    frame({"value": nested(200)}), frame({"value": {"f": "nan"}}), frame({"value": {"d": [[{"f": "nan"}, 1]] * 3000}}),
    frame({"value": {"l": 0}}, bytes(4 * MIB), [["<i8", [1 << 19]]]),
    frame({"value": [{"a": k} for k in range(4096)]}, bytes(4096), [["|u1", [1]]] * 4096),
    frame({"refused": "x" * 1_000_000}), frame({"refused": ["x"]}),
    frame({"missing": "f" * 500_000, "why": "\x1b[" * 99_999}),
    frame({"raised": {"kinds": ["K" * 9] * 60_000, "message": "", "frames": [], "unwritten": False}}),
    frame({"raised": {"kinds": [], "message": "\x1b]" * 400_000, "frames": [], "unwritten": False}}),
    frame({"raised": {"kinds": [], "message": "m", "frames": ["at 0x1234567" * 100] * 700, "unwritten": True}}),
    frame({"raised": {"kinds": [1], "message": 2, "frames": None, "unwritten": "yes"}}), frame({"raised": nested(300)}),
    frame({"loaded": True}, b"{}", [["|u1", [2]]]), frame({"unit": 1, "label": "x"}), frame({}), frame({"forked": 1}),
]
# fmt: on


def hostile_frames() -> list[bytes]:
    """The same in every run: those written by hand, and mutations of an honest one."""
    rng, right = random.Random(20261121), honest()
    made = list(WHOLE)
    while len(made) < FRAMES:
        data = bytearray(right)
        for _ in range(rng.randint(1, 5)):
            place = rng.randrange(len(data))
            change = rng.choice(("flip", "cut", "insert", "repeat"))
            if change == "flip":
                data[place] = rng.randrange(256)
            elif change == "cut":
                del data[place : place + rng.randint(1, 12)]
            elif change == "insert":
                data[place:place] = rng.choice(
                    [b"[", b"{", b'"', b"9" * 30, b"\xff", b"-", b"1e999", b"null", b"\0" * 9]
                )
            else:
                data[place:place] = data[: rng.randint(1, 200)]
        made.append(bytes(data))
    return made


def test_each_of_200_hostile_frames_ends_in_an_outcome_and_costs_the_grader_little(jailed: Launcher) -> None:
    sent = hostile_frames()
    table = json.dumps(np.cumsum([0, *map(len, sent)]).tolist())
    code = SOCKETS + (
        f"PLACES = {table}\n"
        "def f(number):\n"
        "    with open('frames.bin', 'rb') as file:\n"
        "        file.seek(PLACES[number])\n"
        "        data = file.read(PLACES[number + 1] - PLACES[number])\n"
        "    for one in sockets(socket.SOCK_STREAM): one.sendall(data)\n"
        "    os._exit(0)\n"
    )
    work = module(code)
    work = replace(work, files={"frames.bin": b"".join(sent)})
    ends: dict[str, int] = {}
    with loaded(jailed, work, LITTLE) as guest:
        before = highest_memory()
        for number in range(FRAMES):
            began = time.monotonic()
            try:
                with guest.check(LITTLE) as child:
                    child.call("f", [number], {}, {})
                end = "value"
            except NoAnswer as error:
                end = error.outcome
            ends[end] = ends.get(end, 0) + 1
            assert time.monotonic() - began < LITTLE.wall_seconds + 5, f"frame {number} held the grader up"
        assert highest_memory() - before < CAP
    assert ends.keys() <= {"value", Outcome.REFUSED, Outcome.CRASHED, Outcome.RAISED, Outcome.MISSING}
    assert ends["value"] > 5 and ends[Outcome.REFUSED] > 50


def highest_memory() -> int:
    """The most memory that this process has had since this was last asked, in bytes."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (line,) = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return int(line.split()[1]) << 10


def test_a_peer_that_unpickles_and_believes_sizes_would_be_lost() -> None:
    """The control: what the frames above would do to a reader as it is often written."""
    reader = "import pickle, sys; print(pickle.load(sys.stdin.buffer))"

    class Owned:
        def __reduce__(self) -> Any:
            return print, ("owned",)

    ran = subprocess.run([sys.executable, "-c", reader], input=pickle.dumps(Owned()), capture_output=True, check=True)
    assert b"owned" in ran.stdout


# ------------------------------------------------------------------------------------------- floods of other things

HUGE_TOLD = """
told = json.dumps({'failures': [FAILURE] * 9000, 'skipped': ['s' * 300] * 9000}).encode()
for one in sockets(socket.SOCK_STREAM):
    one.sendall(frame({'loaded': True}, told, [['|u1', [len(told)]]]))
def f(x): return 2 * x
"""
FAILURE = {
    "where": "line 1",
    "unit": 0,
    "raised": {"kinds": ["E"], "message": "m" * 300, "frames": [], "unwritten": False},
}


def test_a_report_stays_small_however_much_loading_is_said_to_come_to(jailed: Launcher) -> None:
    def asks(student: Any, draw: Any) -> None:
        assert_shape(student.f(draw("5")), (5,))

    report = graded(jailed, [one_check(asks)], module(f"FAILURE = {FAILURE}\n{SOCKETS}{HUGE_TOLD}"), limits=TIGHT)
    assert report.loading.failures
    assert len(to_json(report)) < FLOOD


@pytest.mark.parametrize("form", [str, None])
def test_an_answer_with_many_axes_is_shown_without_being_written_out(jailed: Launcher, form: type | None) -> None:
    def asks(student: Any, draw: Any) -> None:
        student.f.returns(form)(draw("5"))

    highest_memory()
    before = highest_memory()
    result = judged(jailed, asks, "import numpy as np\ndef f(x): return np.ones((4,) * 10, bool)", limits=TIGHT)
    assert result.outcome is Outcome.FAILED
    assert result.finding is not None and "(4, 4, 4, 4, 4, 4, 4, 4, 4, 4)" in (result.finding.got or "")
    assert highest_memory() - before < 16 * MIB


FLOOD_AND_GROW = """
import os, threading, time
def f(x):
    for _ in range(4):
        if os.fork() == 0:
            {daemon}
            kept = bytearray(120 << 20)
            for place in range(0, len(kept), 4096): kept[place] = 1
            time.sleep(60)
    {flood}
    time.sleep(60)
"""
LOUD = "while True: os.write(1, b'x' * 60000)"
DAEMON = "os.setsid()\n            if os.fork(): os._exit(0)"


@pytest.mark.parametrize(("daemon", "flood"), [("", ""), ("", LOUD), (DAEMON, "")], ids=["plain", "loud", "daemons"])
def test_memory_is_watched_however_it_is_hidden(jailed: Launcher, daemon: str, flood: str) -> None:
    """480 MiB in four processes of 120, where 256 are allowed: while output floods, and in processes set free."""
    limits = replace(TIGHT, memory_mb=256, wall_seconds=6.0)
    code = FLOOD_AND_GROW.replace("{daemon}", daemon or "pass").replace("{flood}", flood or "pass")
    result = judged(jailed, lambda student, draw: student.f(1), code, limits=limits)
    assert result.outcome is Outcome.CRASHED
    assert result.finding is not None and "MiB of memory" in result.finding.says


def test_descriptors_sent_to_the_grader_are_not_taken(jailed: Launcher, bare: Launcher) -> None:
    """In a jail none can be sent; without one they are thrown away, and with them the answer."""
    code = SOCKETS + (
        "def give():\n"
        "    null = [os.open(os.devnull, os.O_RDONLY) for _ in range(10)]\n"
        "    for one in sockets():\n"
        "        one.setblocking(False)\n"
        "        try: socket.send_fds(one, [b'G'], null)\n"
        "        except OSError: pass\n"
        "    for n in null: os.close(n)\n"
        "def f(x):\n"
        "    give()\n"
        "    return x\n"
        "os.register_at_fork(after_in_parent=give)\n"
    )
    for launcher in (jailed, bare):
        with loaded(launcher, code, TIGHT) as guest:
            before = len(list(Path("/proc/self/fd").iterdir()))
            for _ in range(5):
                with contextlib.suppress(NoAnswer) if launcher is jailed else pytest.raises(NoAnswer):
                    call(guest, "f", 1.0, limits=LITTLE)
            assert len(list(Path("/proc/self/fd").iterdir())) <= before


@pytest.mark.parametrize("status", [-(10**30), -99_999, 10**30, True, "0", None])
def test_an_exit_status_that_cannot_be_is_no_fault_of_the_checks(jailed: Launcher, status: object) -> None:
    code = f"import guest.processes, os\nguest.processes.bury = lambda *a: {status!r}\ndef f(x): os._exit(3)"
    result = judged(jailed, lambda student, draw: student.f(1), code, limits=TIGHT)
    assert result.outcome is Outcome.CRASHED


MIXED = """
import numpy as np
def f(x): return [np.zeros(1 << 16, np.uint8) for _ in range(900)] + [np.zeros(1 << 16, complex)]
"""


def test_a_list_of_small_arrays_and_a_complex_one_does_not_become_an_array_of_a_gibibyte(jailed: Launcher) -> None:
    def asks(student: Any, draw: Any) -> None:
        assert_close(student.f(1), np.zeros(3))

    highest_memory()
    before = highest_memory()
    result = judged(jailed, asks, MIXED, limits=replace(TIGHT, reply_mb=64))
    assert result.outcome is Outcome.FAILED
    assert result.finding is not None and "return an array" in result.finding.says
    assert highest_memory() - before < 200 * MIB
