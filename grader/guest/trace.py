"""Describes a student's exception in plain data: its kind, its message, and the frames that are theirs."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any

MAX_MESSAGE = 2000
MAX_FRAMES = 8
MAX_LINE = 200

folder = ""  # where the submission lies; set once it is known


def describe(error: BaseException) -> dict[str, Any]:
    """`kinds` are the names of the class and its bases, `frames` the innermost calls, ours left out."""
    return {
        "kinds": [kind.__name__ for kind in type(error).__mro__ if kind is not object],
        "message": _message(error),
        "frames": _frames(error),
        "unwritten": _unwritten(error),
    }


def _message(error: BaseException) -> str:
    try:
        if isinstance(error, SyntaxError):
            return "".join(traceback.format_exception_only(error)).strip()[:MAX_MESSAGE]
        return str(error)[:MAX_MESSAGE]
    except BaseException as second:  # noqa: BLE001  (a student's __str__ may do anything)
        return f"(its message could not be read: {type(second).__name__})"


def _summaries(error: BaseException) -> list[traceback.FrameSummary]:
    """The frames in the student's files and cells, which have relative names, and in files that they brought."""
    frames = traceback.extract_tb(error.__traceback__, limit=-4 * MAX_FRAMES)
    return [frame for frame in frames if not Path(frame.filename).is_absolute() or frame.filename.startswith(folder)]


def _frames(error: BaseException) -> list[str]:
    return [_one_line(frame) for frame in _summaries(error)[-MAX_FRAMES:]]


def _one_line(frame: traceback.FrameSummary) -> str:
    name = frame.filename.removeprefix(folder).lstrip("/")
    return f"{name}, line {frame.lineno}, in {frame.name}: {(frame.line or '')[:MAX_LINE]}".rstrip(": ")


def _unwritten(error: BaseException) -> bool:
    """Whether this is how a starter says that nothing is written yet, in one of its spellings."""
    if isinstance(error, NotImplementedError):
        return True
    frames = _summaries(error)
    return isinstance(error, TypeError) and bool(frames) and (frames[-1].line or "").startswith("raise NotImplemented")


def line_in(error: BaseException, name: str) -> int | None:
    """The line of file `name` where the exception left it."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == name]
    return lines[0] if lines else None
