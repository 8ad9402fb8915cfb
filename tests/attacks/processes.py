"""Our guests as processes: which there are, seen from outside, and how much they hold at once.

Only what comes from our own zygotes is looked at: other people may run guests on this machine at the same time.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from grader.sandbox.command import BOOT
from tests.attacks.baits import Bait

EVERY_SECONDS = 0.05


def guests(bait: Bait, over: float) -> set[int]:
    """The processes that run a student's code: what our zygotes have forked, and what was handed to others since.

    `over`: when the attack was, as `now` tells it. Of each zygote one process is left out, if it has begun since then:
    it waits for a submission.
    """
    parents, marked = _processes(bait)
    ours = {pid for pid, parent in parents.items() if parent == os.getpid() and _is_guest(pid)}
    below = _below(ours, parents)
    first = {pid for pid in below if parents[pid] in ours and _is_first_of_a_namespace(pid)}  # rung A's zygotes
    return (below | marked) - first - ours - {os.getpid()} - set(_waiting(ours | first, parents, over))


def waiting(over: float) -> set[int]:
    """The processes that wait for a submission, likewise."""
    parents = {child: pid for pid in zygotes() for child in children(pid)}
    first = {pid for pid in parents if _is_first_of_a_namespace(pid)}
    parents |= {child: pid for pid in first for child in children(pid)}
    return set(_waiting(zygotes() | first, parents, over))


def _waiting(zygotes: set[int], parents: dict[int, int], over: float) -> Iterator[int]:
    for zygote in zygotes:
        forked = {pid: _began(pid) for pid, parent in parents.items() if parent == zygote and pid not in zygotes}
        youngest = max(forked, key=lambda pid: forked[pid], default=0)
        if youngest and forked[youngest] > over and not children(youngest):
            yield youngest


def now() -> float:
    """Seconds since the machine began."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def _began(pid: int) -> float:
    with suppress(OSError, IndexError):
        return int(_stat(pid)[19]) / os.sysconf("SC_CLK_TCK")
    return 0.0


def zygotes() -> set[int]:
    """The processes that we have started as such."""
    return {pid for pid in children(os.getpid()) if _is_guest(pid)}


def _processes(bait: Bait) -> tuple[dict[int, int], set[int]]:
    """All processes with their parents; and those that bear our mark, wherever they are now.

    Both are read at once for each process, the youngest first: one that forks and ends all the time is soon gone.
    """
    parents: dict[int, int] = {}
    marked: set[int] = set()
    listed = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]
    for pid in sorted(listed, reverse=True):
        with suppress(OSError, ValueError, IndexError):
            is_marked = _bears_our_mark(pid, bait)
            parents[pid] = int(_stat(pid)[1])
            if is_marked or (is_marked is None and parents[pid] == 1 and _is_guest(pid) and _user(pid) == os.getuid()):
                marked.add(pid)
    return parents, marked


def _stat(pid: int) -> list[str]:
    """From the state on."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _bears_our_mark(pid: int, bait: Bait) -> bool | None:
    """Whether its environment names our scratch folders; None where we may not read it."""
    try:
        return os.fsencode(bait.home) in Path(f"/proc/{pid}/environ").read_bytes()
    except PermissionError:
        return None


def _below(roots: set[int], parents: dict[int, int]) -> set[int]:
    found: set[int] = set()
    waiting = set(roots)
    while waiting:
        waiting = {pid for pid, parent in parents.items() if parent in waiting} - found
        found |= waiting
    return found


def _is_guest(pid: int) -> bool:
    with suppress(OSError):
        return os.fsencode(BOOT) in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


def _is_first_of_a_namespace(pid: int) -> bool:
    """Process 1 of a namespace right below ours: an M on rung A lies one deeper."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("NSpid:"):
                return len(line.split()) == _depth() + 2 and line.split()[-1] == "1"
    return False


def _depth() -> int:
    status = Path("/proc/self/status").read_text()
    return len(next(line for line in status.splitlines() if line.startswith("NSpid:")).split()) - 1


def _user(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in status if line.startswith("Uid:")).split()[1])


def described(pid: int) -> str:
    with suppress(OSError):
        state, parent = _stat(pid)[:2]
        return f"{pid} ({state}, of {parent})"
    return f"{pid} (ended since)"


# ------------------------------------------------------------------------------------------------------------ peaks


class Meter:
    """Looks at our guests while an attack runs. `tasks` and `memory`: the most that was seen at once."""

    def __init__(self) -> None:
        self.tasks = 0
        self.memory = 0  # bytes
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Meter:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._stop.wait(EVERY_SECONDS):
            tasks, memory = _held(os.getpid())
            self.tasks, self.memory = max(self.tasks, tasks), max(self.memory, memory)


def _held(me: int) -> tuple[int, int]:
    """Tasks and bytes of all that descends from our zygotes, these included."""
    waiting = [pid for pid in children(me) if _is_guest(pid)]
    tasks = memory = 0
    while waiting:
        pid = waiting.pop()
        waiting += children(pid)
        with suppress(OSError):
            tasks += len(list(Path(f"/proc/{pid}/task").iterdir()))
            for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("RssAnon:"):
                    memory += int(line.split()[1]) << 10
    return tasks, memory


def children(pid: int) -> list[int]:
    found: list[int] = []
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):
                found += map(int, (thread / "children").read_text().split())
    return found
