"""What an M and all that it started use, by the kernel's account: looked at while the grader waits for them."""

from __future__ import annotations

import errno
import os
import re
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
MAX_READ = 1 << 16
OWN_MEMORY = re.compile(rb"^Rss(?:Anon|Shmem):\s*(\d+)", re.MULTILINE)
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
        self._between = False  # one check has ended, and none begun since

    def begin_check(self) -> None:
        """Account from here on. What was seen at the end of the check before still holds."""
        if not self._between:
            self._see()
        self._before, self._peak, self._between = self._latest, 0, False

    def used(self) -> Usage:
        """Since the check began."""
        self._see()
        self._between = True
        ticks = max(self._latest.ticks - self._before.ticks, 0)  # what nobody buries takes its time with it
        return Usage(cpu_seconds=ticks / TICKS, memory_mb=round(self._peak / MIB, 1))

    def _see(self) -> None:
        if self._pid is not None:
            self._latest = _seen(self._pid)
            self._peak = max(self._peak, self._latest.memory)

    @property
    def pid(self) -> int | None:
        """The number of the process, as we see it."""
        return self._pid

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
    memory = ticks = seen = 0
    waiting = [pid]
    while waiting and seen < MAX_PROCESSES:
        one = f"/proc/{waiting.pop()}"
        seen += 1
        with suppress(OSError, ValueError, IndexError):  # it has ended meanwhile
            memory += _memory(one)
            ticks += _ticks(one)
            for thread in os.listdir(f"{one}/task"):  # noqa: PTH208  (names alone, many times for each check)
                waiting += map(int, _read(f"{one}/task/{thread}/children").split())
    return _Seen(memory, ticks)


def _memory(process: str) -> int:
    """Bytes of memory of its own that a process holds: not files."""
    return sum(map(int, OWN_MEMORY.findall(_read(f"{process}/status")))) * KIB


def _ticks(process: str) -> int:
    """Of CPU time of a process and of those of its children that it has buried: fields 14 to 17 of proc_pid_stat(5)."""
    after_its_name = _read(f"{process}/stat").rpartition(b")")[2].split()
    return sum(map(int, after_its_name[11:15]))


def _read(path: str) -> bytes:
    """A file of /proc, which is made when it is read: by calls, since this happens several times for each check."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return os.read(descriptor, MAX_READ)
    finally:
        os.close(descriptor)


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
