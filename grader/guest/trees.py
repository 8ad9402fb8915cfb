"""Removes what student code has left in a folder, however deep, long, or closed to its owner it is."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def remove(folder: str) -> None:
    """Remove a folder with all that is in it, links not followed; what cannot be removed is left.

    Nothing that writes there may be running any more. The library's way, one call within another, ends in a
    RecursionError after a thousand folders in one another, and one by paths where the path becomes too long. Here one
    folder is open at a time, and what is still to be done above it is a list.
    """
    if os.name != "posix":
        _remove_by_paths(folder)
        return
    with suppress(OSError):
        here = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            here = _remove_below(here)
        finally:
            os.close(here)
        Path(folder).rmdir()


def _remove_below(here: int) -> int:
    """Empty an open folder; it is closed on the way, and its new descriptor returned."""
    names: list[str] = []  # of the folders that we are in, below the first
    waiting = [_unlink_files(here)]  # of each folder that we are in, the folders in it
    while waiting[-1] or names:
        if waiting[-1]:
            name = waiting[-1].pop()
            with suppress(OSError):
                os.chmod(name, 0o700, dir_fd=here)
                here = _go(here, name)
                names.append(name)
                waiting.append(_unlink_files(here))
        else:
            here = _go(here, "..")
            waiting.pop()
            with suppress(OSError):
                os.rmdir(names.pop(), dir_fd=here)
    return here


def _go(here: int, name: str) -> int:
    there = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=here)
    os.close(here)
    return there


def _unlink_files(here: int) -> list[str]:
    """Remove all but the folders, whose names are returned."""
    folders = []
    with os.scandir(here) as entries:
        for entry in entries:
            with suppress(OSError):
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.name)
                else:
                    os.unlink(entry.name, dir_fd=here)
    return folders


def _remove_by_paths(folder: str) -> None:
    """Where there are no descriptors of folders (Windows)."""
    import shutil

    with suppress(RecursionError):
        shutil.rmtree(folder, ignore_errors=True)
