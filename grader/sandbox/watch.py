"""What an M and all that it started use, by the kernel's account: looked at while the grader waits for them."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from grader.model import Limits

MIB = 1 << 20
KIB = 1 << 10
EVERY_SECONDS = 0.025
TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100  # in a second of CPU time
MAX_PROCESSES = 4096
BLOCK = 512  # what st_blocks counts in
HIDDEN = (errno.EACCES, errno.EPERM, errno.ENAMETOOLONG)
ENTRY = 4 * KIB  # what a name costs, however small its file


class OverLimit(Exception):
    """A submission uses more than it may; the message says of what, as a predicate."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a submission's processes used during one check, together, as the kernel accounts for it."""

    cpu_seconds: float  # in steps of the kernel's clock, which is 10 ms
    memory_mb: float  # MiB at once, the most that was seen; what processes share since a fork counts in each of them


@dataclass(frozen=True, slots=True)
class _Seen:
    """A process and its descendants at one moment."""

    memory: int = 0  # bytes
    ticks: int = 0  # of CPU time, with that of what has ended and was buried

    def __add__(self, other: _Seen) -> _Seen:
        return _Seen(self.memory + other.memory, self.ticks + other.ticks)


class Watch:
    """Looks at one M. `folder`: where its files lie, if no file system of its own bounds them.

    `nameless` tells how many bytes it has on disk that no folder shows.
    """

    def __init__(self, handle: int, folder: str | None, limits: Limits, nameless: Callable[[], int]) -> None:
        self._handle = handle
        self._pid = _process_of(handle)
        self._folder = folder
        self._nameless = nameless
        self._limits = limits
        self._before = self._latest = _Seen()
        self._peak = 0

    def begin_check(self) -> None:
        """Account from here on."""
        self._see()
        self._before, self._peak = self._latest, 0

    def used(self) -> Usage:
        """Since the check began."""
        self._see()
        ticks = max(self._latest.ticks - self._before.ticks, 0)  # what nobody buries takes its time with it
        return Usage(cpu_seconds=ticks / TICKS, memory_mb=round(self._peak / MIB, 1))

    def _see(self) -> None:
        if self._pid is not None:
            self._latest = _seen(self._pid)
            self._peak = max(self._peak, self._latest.memory)

    def look(self) -> None:
        """Look once.

        Raises:
            OverLimit: Too much memory, or too much on disk.
        """
        self._see()
        if self._latest.memory > self._limits.memory_mb * MIB:
            raise OverLimit(f"used more than {self._limits.memory_mb} MiB of memory")
        if self._folder is None:
            return
        bound = self._limits.disk_mb * MIB
        if _on_disk(self._folder, bound) + self._nameless() > bound:
            raise OverLimit(f"keeps more than {self._limits.disk_mb} MiB on disk")

    def close(self) -> None:
        """Look no more."""
        os.close(self._handle)


def _process_of(handle: int) -> int | None:
    """The number, as we see it, of the process that a descriptor stands for; None once it is gone."""
    for line in Path(f"/proc/self/fdinfo/{handle}").read_text().splitlines():
        if line.startswith("Pid:"):
            pid = int(line.split()[1])
            return pid if pid > 0 else None
    return None


def _seen(pid: int) -> _Seen:
    total, waiting, seen = _Seen(), [pid], 0
    while waiting and seen < MAX_PROCESSES:
        one = Path(f"/proc/{waiting.pop()}")
        seen += 1
        with suppress(OSError, ValueError, IndexError):  # it has ended meanwhile
            total += _Seen(_memory(one), _ticks(one))
            for thread in (one / "task").iterdir():
                waiting += map(int, (thread / "children").read_text().split())
    return total


def _memory(process: Path) -> int:
    """Bytes of memory of its own that a process holds: not files."""
    kib = 0
    for line in (process / "status").read_text().splitlines():
        if line.startswith(("RssAnon:", "RssShmem:")):
            kib += int(line.split()[1])
    return kib * KIB


def _ticks(process: Path) -> int:
    """Of CPU time of a process and of those of its children that it has buried: fields 14 to 17 of proc_pid_stat(5)."""
    after_its_name = (process / "stat").read_text().rpartition(")")[2].split()
    return sum(map(int, after_its_name[11:15]))


def _on_disk(folder: str, enough: int) -> int:
    """Bytes below a folder, links not followed; counted no further than `enough`."""
    total, waiting = 0, [folder]
    while waiting and total <= enough:
        try:
            total += _in_folder(waiting.pop(), waiting)
        except OSError as error:  # it is gone meanwhile, unless it was closed to us or lies too deep for a path
            if error.errno in HIDDEN:
                raise OverLimit("made folders that the grader cannot look into") from error
    return total


def _in_folder(folder: str, waiting: list[str]) -> int:
    """Bytes in a folder; the folders in it are added to those that wait."""
    total = 0
    with os.scandir(folder) as entries:
        for entry in entries:
            total += ENTRY
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
            else:
                with suppress(FileNotFoundError):
                    total += entry.stat(follow_symlinks=False).st_blocks * BLOCK
    return total
