"""Reads `assignment.toml`. Unknown keys and wrong types are errors that name the line."""

from __future__ import annotations

import re
import tomllib
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from grader.model import BadAssignment, Feedback, Limits, Manifest, Visibility

MANIFEST = "assignment.toml"
_DEFAULT = Limits()


class _Limits(msgspec.Struct, forbid_unknown_fields=True):
    wall_seconds: float = _DEFAULT.wall_seconds
    cpu_seconds: float = _DEFAULT.cpu_seconds
    memory_mb: int = _DEFAULT.memory_mb
    reply_mb: int = _DEFAULT.reply_mb
    load_seconds: float = _DEFAULT.load_seconds
    cell_seconds: float = _DEFAULT.cell_seconds
    notebook_seconds: float = _DEFAULT.notebook_seconds


class _Feedback(msgspec.Struct, forbid_unknown_fields=True):
    before_due: Feedback = Feedback.HINT
    after_due: Feedback = Feedback.FULL


class _Manifest(msgspec.Struct, forbid_unknown_fields=True):
    title: str
    files: list[str]
    packages: list[str] = msgspec.field(default_factory=lambda: ["numpy"])
    visibility: Visibility = Visibility.VISIBLE
    due: datetime | None = None
    limits: _Limits = msgspec.field(default_factory=_Limits)
    feedback: _Feedback = msgspec.field(default_factory=_Feedback)
    conventions: dict[str, str | int | float | bool] = msgspec.field(default_factory=dict)


def read_manifest(folder: Path) -> Manifest:
    """What the manifest in `folder` says.

    Raises:
        BadAssignment: It is missing, not TOML, or says something that is not known or makes no sense.
    """
    path = folder / MANIFEST
    text = read_text(path)
    try:
        raw = msgspec.convert(tomllib.loads(text), _Manifest)
    except tomllib.TOMLDecodeError as error:
        raise BadAssignment(f"{path}: {error}") from None
    except msgspec.ValidationError as error:
        raise BadAssignment(f"{path}{_line_of(str(error), text)}: {error}") from None
    problem = _problem(raw)
    if problem:
        key, says = problem
        raise BadAssignment(f"{path}{_line(key, text)}: {says}")
    return Manifest(
        name=folder.resolve().name,
        title=raw.title,
        files=tuple(raw.files),
        packages=tuple(raw.packages),
        limits=Limits(**msgspec.structs.asdict(raw.limits)),
        feedback_before_due=raw.feedback.before_due,
        feedback_after_due=raw.feedback.after_due,
        due=raw.due.isoformat() if raw.due else None,
        visibility=raw.visibility,
        conventions=raw.conventions,
    )


def read_text(path: Path) -> str:
    """The text of one of the assignment's files.

    Raises:
        BadAssignment: It cannot be read, or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BadAssignment(f"{path} is missing") from None
    except OSError as error:
        raise BadAssignment(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise BadAssignment(f"{path} is not text in UTF-8") from None


def _problem(raw: _Manifest) -> tuple[str, str] | None:
    """The first key whose value makes no sense, and what is wrong with it."""
    if not raw.title.strip():
        return "title", "the title is empty"
    if not raw.files:
        return "files", "no file name is expected of a student"
    for name in raw.files:
        path = PurePosixPath(name)
        if path.suffix not in (".py", ".ipynb") or path.is_absolute() or ".." in path.parts:
            return "files", f"{name!r} is not the name of a .py or .ipynb file"
    if "numpy" not in raw.packages:
        return "packages", "the guest itself needs numpy, so it must be allowed"
    if raw.due is not None and raw.due.tzinfo is None:
        return "due", "the due date needs an offset, as in 2026-10-01T23:59:00+02:00"
    for name, value in msgspec.structs.asdict(raw.limits).items():
        if not value > 0:
            return name, f"{name} must be above zero"
    if raw.limits.reply_mb > 64:
        return "reply_mb", "reply_mb is at most 64"
    return None


def _line_of(message: str, text: str) -> str:
    """Msgspec says "... unknown field `colour`", or "... at `$.limits.memory_mb`": the line that it means."""
    named = re.search(r"field `(\w+)`", message) or re.search(r"at `\$\.(?:\w+\.)*(\w+)", message)
    return _line(named[1], text) if named else ""


def _line(key: str, text: str) -> str:
    pattern: re.Pattern[Any] = re.compile(rf"\s*(\[\s*{re.escape(key)}\s*\]|{re.escape(key)}\s*=)")
    for number, line in enumerate(text.splitlines(), 1):
        if pattern.match(line):
            return f":{number}"
    return ""
