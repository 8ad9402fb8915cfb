"""Counts what lies on disk without a name: files that were deleted, or never named, but are still open or mapped.

Looking into a folder does not find them. The zygote looks, for it has the user of the processes that hold them.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

BLOCK = 512  # what st_blocks counts in
DELETED = " (deleted)"
MAX_TASKS = 4096

File = tuple[int, int]  # device and inode


def held(pid: int, folder: str) -> int:
    """Bytes of nameless files below `folder` that a process and its descendants hold."""
    files: dict[File, int] = {}
    waiting, seen = [pid], 0
    while waiting and seen < MAX_TASKS:
        with suppress(OSError):  # it has ended meanwhile
            for task in Path(f"/proc/{waiting.pop()}/task").iterdir():
                seen += 1
                with suppress(OSError):
                    waiting += map(int, (task / "children").read_text().split())
                    files |= dict(_mapped(task, folder)) | dict(_open(task))
    return sum(files.values())


def _open(task: Path) -> Iterator[tuple[File, int]]:
    """Each thread may have descriptors of its own."""
    for descriptor in (task / "fd").iterdir():
        with suppress(OSError):
            found = descriptor.stat()
            if stat.S_ISREG(found.st_mode) and found.st_nlink == 0:
                yield (found.st_dev, found.st_ino), found.st_blocks * BLOCK


def _mapped(task: Path, folder: str) -> Iterator[tuple[File, int]]:
    """By the length of what is mapped: a file that is open nowhere cannot be asked."""
    for line in (task / "maps").read_text(errors="replace").splitlines():
        if line.endswith(DELETED) and f" {folder}/" in line:
            span, _rights, offset, device, inode = line.split(maxsplit=5)[:5]
            first, last = (int(place, 16) for place in span.split("-"))
            major, minor = (int(part, 16) for part in device.split(":"))
            yield (os.makedev(major, minor), int(inode)), last - first + int(offset, 16)
