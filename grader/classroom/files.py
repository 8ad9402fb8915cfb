"""What a run over a class leaves on disk; each file whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from grader.model import BadInput, Report, Viewer, format_points
from grader.reports import seen_by, to_json, to_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from grader.classroom.run import ClassResult

SCHEMA = "gradgrader/class/v1"
SUBMISSIONS = "submissions"


def make_folder(folder: Path) -> None:
    """Make it and all above it, if need be.

    Raises:
        BadInput: It cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"{folder} cannot be made: {error.strerror}; choose another --out") from None


def stale(out: Path, names: Iterable[str]) -> list[str]:
    """The submissions of an earlier run whose reports lie in `out` and that this run does not have."""
    there = {path.name for path in (out / SUBMISSIONS).iterdir()}
    return sorted(there.difference(names), key=str.casefold)


def write_report(out: Path, report: Report, viewer: Viewer) -> None:
    """All for the staff, and what the student may see."""
    folder = out / SUBMISSIONS / report.submission
    make_folder(folder)
    for name, one in (("staff", report), ("student", seen_by(report, viewer))):
        _write(folder / f"{name}.json", to_json(one))
        _write(folder / f"{name}.txt", to_text(one).encode())


def write_refusal(out: Path, name: str, why: str, fault: str | None = None) -> None:
    """Why a submission was not graded, and in place of a report of an earlier run; `fault`: a traceback of ours."""
    folder = out / SUBMISSIONS / name
    make_folder(folder)
    for old in ("staff.json", "student.json"):
        (folder / old).unlink(missing_ok=True)
    _write(folder / "student.txt", f"not graded: {why}\n".encode())
    _write(folder / "staff.txt", f"not graded: {fault or why}\n".encode())


def write_class(out: Path, result: ClassResult, seed: int, *, complete: bool) -> None:
    """The summary; `complete` says whether the run came to its end."""
    whole: dict[str, Any] = {
        "schema": SCHEMA,
        "assignment": result.assignment,
        "seed": str(seed),
        "protection": result.protection,
        "complete": complete,
        "submissions": [_entry(report) for report in result.reports],
        "not_graded": [{"name": name, "why": why} for name, why in result.unread],
        "ignored": result.ignored,
        "stale": result.stale,
    }
    _write(out / "class.json", msgspec.json.format(msgspec.json.encode(whole), indent=2) + b"\n")


def _entry(report: Report) -> dict[str, Any]:
    return {
        "name": report.submission,
        "earned": None if report.earned is None else format_points(report.earned),
        "points": format_points(report.points),
        "report": f"{SUBMISSIONS}/{report.submission}/staff.json",
    }


def _write(path: Path, content: bytes) -> None:
    """What was graded before survives a full disk or a power cut."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}; choose another --out") from None
