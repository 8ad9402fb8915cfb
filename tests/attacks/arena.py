"""Where hostile submissions are run, and the oracles that tell whether an attack has worked.

No oracle believes the student's words: a secret is searched for in all that came back, listeners count who connects,
folders and processes are looked at from outside, the score is what the engine says, and a good submission is graded
right after.
"""

from __future__ import annotations

import os
import secrets
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from grader import assert_close
from grader.engine import Oracle, grade
from grader.model import Assignment, Report, Submission
from grader.reports import to_json
from grader.sandbox import Launcher
from grader.sandbox.zygote import Zygotes
from tests.support import LIMITS, assignment, module, one_check

TIGHT = replace(LIMITS, wall_seconds=1.5, cpu_seconds=3.0, load_seconds=3.0, cell_seconds=3.0, memory_mb=512)
POINTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """One hostile submission.

    `code` defines `f(x)`, which is asked for 2·x; what it returns, prints and raises is searched for secrets. In it
    `{place}` stands for the fields of `Bait`. `honest` is what the submission earns by right of 3 points: an attack
    whose f also answers rightly earns them. `control` is the text run without a jail to show that the oracle can see
    the attack work (None: `code` itself; a harmless smaller version where the attack would harm this machine; "" where
    none can be run, and `why` says why).
    """

    name: str
    family: str
    code: str | Submission
    honest: int = 0
    control: str | None = None
    why: str = ""


@dataclass(slots=True)
class Bait:
    """What an attack may try to get at, and where it shows."""

    secret_file: str  # readable by the grader's user alone
    secret_env: str  # a variable of the grader's environment
    folder: str  # where nothing may appear
    tcp: int
    udp: int
    abstract: str
    unix: str
    grader: int  # our process
    tokens: tuple[str, ...]  # what the file, the variable and our memory hold
    contacts: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attack: what it reached, "" if nothing; and the report."""

    reached: tuple[str, ...]
    report: Report


def doubles(student: Any, draw: Any) -> None:
    """f(x) is 2·x."""
    x = draw("5")
    assert_close(student.f(x), 2 * x)


def small() -> Assignment:
    """Two public checks and a hidden one, for one point each."""
    checks = [
        one_check(doubles, "first"),
        one_check(doubles, "second"),
        one_check(doubles, "hidden", visibility="hidden"),
    ]
    return assignment(*checks, solution="def f(x): return 2 * x", limits=TIGHT)


def run(attack: Attack, launcher: Launcher, bait: Bait, *, control: bool = False) -> Outcome:
    """Run one attack, then a good submission, and say what was reached."""
    given = small()
    with Oracle(given, launcher) as oracle:
        began = time.monotonic()
        report = grade(given, _submission(attack, bait, control=control), launcher, seed=1, oracle=oracle)
        seconds = time.monotonic() - began
        good = grade(given, module("def f(x): return 2 * x"), launcher, seed=2, oracle=oracle)
    return Outcome(tuple(_reached(attack, bait, report, good, seconds, launcher)), report)


def _submission(attack: Attack, bait: Bait, *, control: bool) -> Submission:
    code = attack.control if control and attack.control is not None else attack.code
    if isinstance(code, str):
        return module(_baited(code, bait))
    sources = [replace(source, cells=tuple(_baited(cell, bait) for cell in source.cells)) for source in code.sources]
    return replace(code, sources=tuple(sources))


def _baited(code: str, bait: Bait) -> str:
    for name in ("secret_file", "secret_env", "folder", "tcp", "udp", "abstract", "unix", "grader"):
        code = code.replace("{" + name + "}", str(getattr(bait, name)))
    return code


def _reached(
    attack: Attack, bait: Bait, report: Report, good: Report, seconds: float, launcher: Launcher
) -> Iterator[str]:
    said = to_json(report).decode()
    if any(token in said for token in bait.tokens):
        yield "a secret came back"
    if bait.contacts:
        yield f"it reached {', '.join(sorted(set(bait.contacts)))}"
        bait.contacts.clear()
    if found := sorted(path.name for path in Path(bait.folder).iterdir()):
        yield f"it wrote {', '.join(found)} outside"
    if report.earned is None:
        yield "it made a check BROKEN"
    elif report.earned > attack.honest:
        yield f"it earned {report.earned} where {attack.honest} is due"
    if good.earned != POINTS:
        yield "it spoilt the grade of the next submission"
    if seconds > bound():
        yield f"it took {seconds:.1f} s"
    if left := _left(launcher):
        yield f"it left {len(left)} processes"


def bound() -> float:
    """Seconds that a hostile submission may take: loading in both guests with restarts, and each check's deadline."""
    return 2 * (2 * TIGHT.load_seconds + 3) + 3 * (TIGHT.wall_seconds + 3)


def _left(launcher: Launcher) -> set[int]:
    """Processes that come from the launcher's zygotes and are none: looked for until none is left, or for long."""
    assert isinstance(launcher, Zygotes)
    zygotes = {zygote._process.pid for zygote in launcher._running.values()}
    if launcher.protection.rung == "A":  # there each has a child that is process 1 of its namespaces
        for pid in list(zygotes):
            zygotes |= {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}
    homes = [Path(zygote._scratch).name.encode() for zygote in launcher._running.values()]
    for _ in range(20):
        left = {pid for pid in _started_in(homes) if pid not in zygotes}
        if not left:
            return left
        time.sleep(0.1)
    return left


def _started_in(homes: list[bytes]) -> Iterator[int]:
    """The living processes whose environment, as they were started, names one of these folders."""
    for entry in os.scandir("/proc"):
        if entry.name.isdecimal():
            with suppress(OSError):
                said = Path(entry.path, "environ").read_bytes()
                if any(home in said for home in homes):
                    yield int(entry.name)


# ---------------------------------------------------------------------------------------------------------- baits

KEPT: list[np.ndarray[Any, Any]] = []  # what a search of our memory would find


@contextmanager
def baits() -> Iterator[Bait]:
    """Lay out everything that an attack may try to get at."""
    tokens = tuple(secrets.token_hex(16) for _ in range(3))
    with tempfile.TemporaryDirectory(prefix="attack-") as home:
        secret = Path(home, "key.py")
        secret.write_text(f"answer = '{tokens[0]}'")
        secret.chmod(0o600)
        folder = Path(home, "outside")
        folder.mkdir()
        os.environ["ATTACK_SECRET"] = tokens[1]
        KEPT.append(np.frombuffer(tokens[2].encode(), np.uint8).copy())
        bait = Bait(
            str(secret),
            "ATTACK_SECRET",
            str(folder),
            0,
            0,
            f"attack-{tokens[0][:8]}",
            f"{home}/socket",
            os.getpid(),
            tokens,
        )
        with _listeners(bait):
            yield bait
        KEPT.clear()
        del os.environ["ATTACK_SECRET"]


@contextmanager
def _listeners(bait: Bait) -> Iterator[None]:
    tcp, udp = socket.socket(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    abstract, unix = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
    tcp.bind(("127.0.0.1", 0))
    udp.bind(("127.0.0.1", 0))
    abstract.bind("\0" + bait.abstract)
    unix.bind(bait.unix)
    bait.tcp, bait.udp = tcp.getsockname()[1], udp.getsockname()[1]
    waits: list[tuple[str, socket.socket, Callable[[socket.socket], object]]] = [
        ("TCP", tcp, lambda s: s.accept()[0].close()),
        ("an abstract socket", abstract, lambda s: s.accept()[0].close()),
        ("a unix socket", unix, lambda s: s.accept()[0].close()),
        ("UDP", udp, lambda s: s.recv(1)),
    ]
    stop = threading.Event()
    threads = []
    for name, listener, take in waits:
        listener.settimeout(0.1)
        if listener is not udp:
            listener.listen(4)
        threads.append(threading.Thread(target=_wait, args=(bait, name, listener, take, stop), daemon=True))
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        for _name, listener, _take in waits:
            listener.close()


def _wait(
    bait: Bait, name: str, listener: socket.socket, take: Callable[[socket.socket], object], stop: threading.Event
) -> None:
    while not stop.is_set():
        with suppress(TimeoutError):
            take(listener)
            bait.contacts.append(name)
