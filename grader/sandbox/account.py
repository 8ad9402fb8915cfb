"""What a process and all that it started have used, by the kernel's account, which student code cannot write to.

The kernel keeps a clock of CPU time for every process, in nanoseconds, over all its threads, and lets anybody read it
(clock_gettime with the number that clock_getcpuclockid would give). What a process has buried is in its stat file, in
ticks of 10 ms. Not seen is what a child used that nobody buried, as where SIGCHLD is ignored.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

KIB = 1 << 10
MAX_PROCESSES = 4096
PROCESS_CLOCK = 2  # CPUCLOCK_SCHED of a whole process
CUTIME, STATE = 13, 0  # fields of a stat file after the name, which may hold spaces
PATIENCE, PAUSE = 0.1, 0.0001  # seconds


@dataclass(frozen=True, slots=True)
class Spent:
    """What so many processes have used: nanoseconds of CPU time; bytes of memory, now and at most."""

    processes: int
    cpu_ns: int
    resident: int
    peak: int


def spent(root: int) -> Spent:
    """What `root` and its descendants have used until now; nothing of those that end meanwhile or are hidden from us.

    The kernel brings a process's clock up to date when the process stops running, so one that has just answered is
    waited for, but not for long: another of its threads may run for ever.
    """
    until = time.monotonic() + PATIENCE
    while any(map(_runs, tree(root))) and time.monotonic() < until:
        time.sleep(PAUSE)
    seen = cpu = resident = peak = 0
    for pid in tree(root):
        with suppress(OSError, ValueError):
            its, (one, most) = cpu_ns(pid), _memory(pid)
            seen, cpu, resident, peak = seen + 1, cpu + its, resident + one, peak + most
    return Spent(seen, cpu, resident, peak)


def cpu_ns(pid: int) -> int:
    """Nanoseconds of CPU time of one process and of those that it has buried.

    Raises:
        OSError: There is no such process.
    """
    ticks = sum(map(int, _stat(f"/proc/{pid}/stat")[CUTIME : CUTIME + 2]))
    buried = ticks * (1_000_000_000 // os.sysconf("SC_CLK_TCK"))
    return time.clock_gettime_ns((~pid << 3) | PROCESS_CLOCK) + buried


def tree(root: int) -> Iterator[int]:
    """The numbers of a process and its descendants."""
    waiting, seen = [root], 0
    while waiting and seen < MAX_PROCESSES:
        pid = waiting.pop()
        seen += 1
        yield pid
        with suppress(OSError, ValueError):
            for thread in Path(f"/proc/{pid}/task").iterdir():
                waiting += map(int, (thread / "children").read_text().split())


def _runs(pid: int) -> bool:
    """Whether one of its threads runs, or waits for a processor."""
    with suppress(OSError):
        return any(_stat(f"{thread}/stat")[STATE] == "R" for thread in Path(f"/proc/{pid}/task").iterdir())
    return False


def _stat(path: str) -> list[str]:
    return Path(path).read_text(errors="replace").rpartition(")")[2].split()


def _memory(pid: int) -> tuple[int, int]:
    kib = {"VmRSS:": 0, "VmHWM:": 0}
    for line in Path(f"/proc/{pid}/status").read_text(errors="replace").splitlines():
        word, _, rest = line.partition("\t")
        if word in kib:
            kib[word] = int(rest.split()[0])
    return kib["VmRSS:"] * KIB, kib["VmHWM:"] * KIB
