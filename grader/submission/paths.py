"""Brings a path's content into memory: a file, a folder or a zip. Nothing is written, and nothing is waited for."""

from __future__ import annotations

import itertools
import os
import stat
from pathlib import Path

from grader.model import BadSubmission
from grader.submission.files import ALONE, MAX_ENTRIES, MAX_FILE, MAX_FILES, MAX_TOTAL, MIB, Files
from grader.submission.names import CLUTTER, mended, printable
from grader.submission.zips import read_zip

# A pipe must not keep us waiting for its writer. Windows has no such flags, and must be told of bytes.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)


def read_path(path: Path) -> Files:
    """All files at `path`: a file by itself, a folder's or a zip's without clutter.

    The path itself may be a link, since the user has named it. What is found below it may not.

    Raises:
        BadSubmission: It does not exist, cannot be read, is over the bounds, or is no valid zip.
    """
    files = Files(path)
    try:
        if path.is_dir():
            _read_folder(path, files)
        elif path.suffix.lower() == ".zip":
            read_zip(read_file(path, MAX_TOTAL), files)
        else:
            files.add(mended(path.name), read_file(path, MAX_FILE))
    except FileNotFoundError:
        raise BadSubmission(f"{printable(path)} does not exist: check the path") from None
    except OSError as error:
        where = printable(error.filename or path)
        raise BadSubmission(f"{where} cannot be read ({error.strerror}): check the file and its permissions") from None
    if len(files.contents) == 1 and (name := next(iter(files.contents))).lower().endswith(".zip"):
        # A folder per student, with the zip that the student handed in: what it holds counts, not itself.
        inner, files = files.contents[name], Files(path, notes=files.notes)
        read_zip(inner, files)
    return files


def read_file(path: Path, limit: int, *, follow: bool = True) -> bytes:
    """The content of a regular file; `follow` says whether the path may be a link to one.

    Raises:
        BadSubmission: It is a pipe, a device or a socket, or larger than `limit`.
        OSError: It cannot be read.
    """
    if not stat.S_ISREG(path.stat(follow_symlinks=follow).st_mode):
        raise BadSubmission(f"{printable(path)} is a pipe, a device or a socket: name a file or a folder")
    descriptor = os.open(path, _FLAGS | (0 if follow else getattr(os, "O_NOFOLLOW", 0)))
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise BadSubmission(f"{printable(path)} has changed while it was read: try again")
        content = stream.read(limit + 1)
    if len(content) > limit:
        raise BadSubmission(f"{printable(path)} is larger than {limit // MIB} MiB: {ALONE}")
    return content


def _read_folder(folder: Path, files: Files) -> None:
    """Folder by folder, without recursion: what lies how deep is the student's choice."""
    waiting, seen = [""], 0
    while waiting:
        inner = waiting.pop()
        with os.scandir(folder / inner) as entries:
            some = sorted(itertools.islice(entries, MAX_ENTRIES + 1 - seen), key=lambda entry: entry.name)
        seen += len(some)
        if seen > MAX_ENTRIES:
            files.refuse(f"holds more than {MAX_FILES} files: {ALONE}")
        for entry in some:
            name = f"{inner}{entry.name}"
            if CLUTTER.search(name):
                continue
            if entry.is_dir(follow_symlinks=False):
                waiting.append(f"{name}/")
            elif entry.is_file(follow_symlinks=False):
                files.add(name, read_file(folder / name, MAX_FILE, follow=False))
            else:
                files.leave_out(name, "is a link or a device")
