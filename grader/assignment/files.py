"""Reads an assignment's files; one that cannot be used is refused with a sentence that names it."""

from __future__ import annotations

import hashlib
import os
import warnings
from collections.abc import Collection, Iterator
from pathlib import Path
from types import CodeType

from grader.model import BadAssignment

HANDOUT = "README.md"


def shown(path: Path) -> str:
    """The path as every message spells it: from the current folder if it lies below, otherwise in full."""
    full, here = path.resolve(), Path.cwd()
    return str(full.relative_to(here) if full.is_relative_to(here) else full)


def read_text(path: Path) -> str:
    r"""The text of one of the assignment's files, its lines ended by "\n".

    Raises:
        BadAssignment: It cannot be read, or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise BadAssignment(f"{shown(path)} is missing") from None
    except OSError as error:
        raise BadAssignment(f"{shown(path)} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise BadAssignment(f"{shown(path)} is not text in UTF-8") from None


def compiled(path: Path, text: str) -> CodeType:
    """The code of `text`, which stands in `path`.

    Raises:
        BadAssignment: It is not Python; the message names the line.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a student who checks their work can do nothing about them
            return compile(text, shown(path), "exec", dont_inherit=True)
    except SyntaxError as error:
        raise BadAssignment(f"{shown(path)}:{error.lineno or 1}: {error.msg}") from None
    except (ValueError, RecursionError, MemoryError) as error:  # a zero byte, or thousands of brackets
        raise BadAssignment(f"{shown(path)} cannot be compiled: {error or type(error).__name__}") from None


def digest(folder: Path, *, but: Collection[str] = ()) -> str:
    """What the assignment is, as far as a result can depend on it: every file but the handout and clutter.

    Args:
        folder: The assignment's.
        but: Files that are not the assignment's, from the folder: a student works where the kit lies.

    Raises:
        BadAssignment: A file cannot be read.
    """
    whole = hashlib.sha256()
    names = {path.relative_to(folder).as_posix(): path for path in _files(folder)}
    for name in sorted(names.keys() - {HANDOUT, *but}):
        try:
            with names[name].open("rb") as file:
                content = hashlib.file_digest(file, "sha256").digest()
        except OSError as error:
            raise BadAssignment(f"{shown(names[name])} cannot be read: {error.strerror}") from None
        whole.update(name.encode(errors="surrogateescape") + b"\0" + content)
    return whole.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    for here, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not _clutter(Path(here, name))]
        paths = (Path(here, name) for name in names)
        yield from (path for path in paths if path.is_file() and not _clutter(path))


def _clutter(path: Path) -> bool:
    """What tools leave behind: dot files, byte code, virtual environments."""
    return path.name.startswith(".") or path.name == "__pycache__" or (path / "pyvenv.cfg").exists()
