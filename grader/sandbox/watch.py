"""What an M and all that it started use, by the kernel's account: looked at while the grader waits for them."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from grader.model import Limits

MIB = 1 << 20
KIB = 1 << 10
EVERY_SECONDS = 0.025
MAX_PROCESSES = 4096
BLOCK = 512  # what st_blocks counts in
HIDDEN = (errno.EACCES, errno.EPERM, errno.ENAMETOOLONG)
ENTRY = 4 * KIB  # what a name costs, however small its file


class OverLimit(Exception):
    """A submission uses more than it may; the message says of what, as a predicate."""


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

    @property
    def pid(self) -> int | None:
        """The number of the process, as we see it."""
        return self._pid

    def look(self) -> None:
        """Look once.

        Raises:
            OverLimit: Too much memory, or too much on disk.
        """
        if self._pid is not None and memory(self._pid) > self._limits.memory_mb * MIB:
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


def memory(pid: int) -> int:
    """Bytes of memory of its own that a process and its descendants hold: not files, not what a fork shares."""
    total, waiting, seen = 0, [pid], 0
    while waiting and seen < MAX_PROCESSES:
        one = waiting.pop()
        seen += 1
        with suppress(OSError, ValueError):  # it has ended meanwhile
            total += _own_memory(one)
            for thread in Path(f"/proc/{one}/task").iterdir():
                waiting += map(int, (thread / "children").read_text().split())
    return total


def _own_memory(pid: int) -> int:
    kib = 0
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(("RssAnon:", "RssShmem:")):
            kib += int(line.split()[1])
    return kib * KIB


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
