"""One run over a folder of submissions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from grader.engine import Task, grade_all
from grader.model import BadInput, BadSubmission, Report, Viewer, format_points
from grader.reports import seen_by, to_json, to_text
from grader.sandbox import PROTECTION
from grader.submission import find_submissions, read_submission

if TYPE_CHECKING:
    from grader.model import Assignment

SCHEMA = "gradgrader/class/v1"
SUBMISSIONS = "submissions"


@dataclass(slots=True)
class ClassResult:
    """What a run over a class came to."""

    assignment: str
    reports: list[Report] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)  # name, and why it could not be read
    ignored: list[str] = field(default_factory=list)  # entries of the folder that are no submissions

    @property
    def broken(self) -> bool:
        """Whether a score is not final through a fault of ours or the assignment's."""
        return any(not report.final for report in self.reports)


def run_class(
    assignment: Assignment,
    folder: Path,
    out: Path,
    *,
    seed: int,
    jobs: int = 1,
    viewer: Viewer = Viewer.STUDENT,
    progress: Callable[[int, int, str], None] | None = None,
) -> ClassResult:
    """Grade every submission in `folder`, and write the reports below `out`.

    A submission that cannot be read is listed and costs no other its grade.

    Args:
        assignment: What they are graded by.
        folder: One file, zip or subfolder per submission.
        out: Made if need be. Reports of an earlier run are replaced one by one.
        seed: The same for the whole class.
        jobs: How many submissions at a time.
        viewer: For whose eyes the feedback files are.
        progress: Called with the number done, of how many, and a line on the latest.

    Raises:
        BadInput: The folder holds nothing to grade, or `out` cannot be written.
    """
    found, ignored = find_submissions(folder, but=out)
    result = ClassResult(assignment.name, ignored=ignored)
    _make(out / SUBMISSIONS)
    say = progress or (lambda done, of, line: None)

    def tasks() -> Iterator[Task]:
        for one in found:
            try:
                yield Task(read_submission(one.path, assignment.manifest.files, one.name), seed)
            except BadSubmission as error:
                result.unread.append((one.name, str(error)))
                say(_count(result), len(found), f"{one.name}: not graded: {error}")

    for done in grade_all(assignment, tasks(), jobs=jobs):
        result.reports.append(done.report)
        _write_report(out / SUBMISSIONS / done.report.submission, done.report, viewer)
        say(_count(result), len(found), f"{done.report.submission}: {_score(done.report)}")
    result.reports.sort(key=lambda report: report.submission)
    _write(out / "class.json", _class_json(result, seed))
    return result


def _count(result: ClassResult) -> int:
    return len(result.reports) + len(result.unread)


def _score(report: Report) -> str:
    return (
        "not marked" if report.earned is None else f"{format_points(report.earned)} of {format_points(report.points)}"
    )


def _write_report(folder: Path, report: Report, viewer: Viewer) -> None:
    """All for the staff, and what the student may see; each file whole or not at all."""
    _make(folder)
    for name, one in (("staff", report), ("student", seen_by(report, viewer))):
        _write(folder / f"{name}.json", to_json(one))
        _write(folder / f"{name}.txt", to_text(one).encode())


def _class_json(result: ClassResult, seed: int) -> bytes:
    whole = {
        "schema": SCHEMA,
        "assignment": result.assignment,
        "seed": str(seed),
        "protection": PROTECTION,
        "submissions": [
            {
                "name": report.submission,
                "earned": None if report.earned is None else format_points(report.earned),
                "points": format_points(report.points),
                "report": f"{SUBMISSIONS}/{report.submission}/staff.json",
            }
            for report in result.reports
        ],
        "not_graded": [{"name": name, "why": why} for name, why in result.unread],
        "ignored": result.ignored,
    }
    return msgspec.json.format(msgspec.json.encode(whole), indent=2) + b"\n"


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"{folder} cannot be made: {error.strerror}; choose another --out") from None


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all: what was graded before survives a full disk or a power cut."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}; choose another --out") from None
