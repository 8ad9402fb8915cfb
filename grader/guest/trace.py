"""Describes a student's exception in plain data: its kind, its message, and the frames that are theirs."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any

MAX_MESSAGE = 2000
MAX_FRAMES = 8
MAX_LINE = 200
MAX_NAME = 100
MAX_KINDS = 32
AGAIN = "  (again and again)"
PROBE = "probe.py (the course's)"

folder = ""  # where the submission lies; set once it is known


def describe(error: BaseException) -> dict[str, Any]:
    """`kinds` are the names of the class and its bases, `frames` the innermost calls, ours left out."""
    return {
        "kinds": [storable(kind.__name__[:MAX_NAME]) for kind in type(error).__mro__ if kind is not object][:MAX_KINDS],
        "message": storable(_message(error)),
        "frames": _frames(error),
        "unwritten": _unwritten(error),
    }


def storable(text: str) -> str:
    """Text that can be sent and stored: lone surrogates cannot."""
    return text.encode("utf-8", "replace").decode()


def _message(error: BaseException) -> str:
    try:
        if isinstance(error, SyntaxError):
            return "".join(traceback.format_exception_only(error)).strip()[:MAX_MESSAGE]
        if isinstance(error, SystemExit) and error.code is None:
            return ""
        return str(error)[:MAX_MESSAGE]
    except BaseException as second:  # noqa: BLE001  (a student's __str__ may do anything)
        return f"(its message could not be read: {type(second).__name__})"


def _summaries(error: BaseException) -> list[traceback.FrameSummary]:
    """The frames in the student's files and cells, which have relative names, and in files that they brought."""
    frames = traceback.extract_tb(error.__traceback__, limit=-4 * MAX_FRAMES)
    return [frame for frame in frames if _is_students(frame.filename)]


def _is_students(filename: str) -> bool:
    if filename.startswith("<frozen"):  # the import system
        return False
    return not Path(filename).is_absolute() or filename.startswith(folder)


def _frames(error: BaseException) -> list[str]:
    """The innermost, one line each; a recursion's thousand equal ones as one."""
    lines: list[str] = []
    for line in map(_one_line, _summaries(error)):
        if not lines or line != lines[-1].removesuffix(AGAIN):
            lines.append(line)
        elif not lines[-1].endswith(AGAIN):
            lines[-1] += AGAIN
    return [storable(line) for line in lines[-MAX_FRAMES:]]


def _one_line(frame: traceback.FrameSummary) -> str:
    name = frame.filename.removeprefix(folder).lstrip("/")[:MAX_NAME]
    return f"{name}, line {frame.lineno}, in {frame.name[:MAX_NAME]}: {(frame.line or '')[:MAX_LINE]}".rstrip(": ")


def _unwritten(error: BaseException) -> bool:
    """Whether this is how a starter says that nothing is written yet, in one of its spellings."""
    if isinstance(error, NotImplementedError):
        return True
    frames = _summaries(error)
    if not frames or not isinstance(error, TypeError | AttributeError):
        return False
    if frames[-1].filename == PROBE:  # the course's code got None from a function with an empty body
        return "NoneType" in _message(error)
    return (frames[-1].line or "").startswith("raise NotImplemented")


def line_in(error: BaseException, name: str) -> int | None:
    """The line of file `name` where the exception left it."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == name]
    return lines[0] if lines else None
