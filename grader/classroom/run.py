"""One run over a folder of submissions."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from grader.classroom import files
from grader.engine import Task, grade_all
from grader.model import BadInput, BadSubmission, Protection, Report, Submission, Viewer, format_points
from grader.reports import viewer_at
from grader.sandbox import NONE, Rung, best
from grader.submission import find_submissions, read_submission

if TYPE_CHECKING:
    from grader.model import Assignment
    from grader.submission import Found


@dataclass(slots=True)
class ClassResult:
    """What a run over a class came to."""

    assignment: str
    protection: Protection
    reports: list[Report] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)  # name, and why it could not be read
    faults: list[str] = field(default_factory=list)  # of those, the names that we failed to read through our own fault
    ignored: list[str] = field(default_factory=list)  # entries of the folder that are no submissions
    stale: list[str] = field(default_factory=list)  # reports of an earlier run for what this one does not have

    @property
    def broken(self) -> bool:
        """Whether a score is not final through a fault of ours or the assignment's."""
        return bool(self.faults) or any(not report.final for report in self.reports)

    @property
    def count(self) -> int:
        """How many submissions are dealt with."""
        return len(self.reports) + len(self.unread)


def run_class(
    assignment: Assignment,
    folder: Path,
    out: Path,
    *,
    seed: int,
    rung: Rung,
    jobs: int = 1,
    viewer: Viewer | None = None,
    progress: Callable[[int, int, str], None] | None = None,
) -> ClassResult:
    """Grade every submission in `folder`, and write the reports below `out`, each the moment it exists.

    A submission that cannot be read is listed and costs no other its grade.

    Args:
        assignment: What they are graded by.
        folder: One file, zip or subfolder per submission.
        out: Made if need be. Reports of an earlier run are replaced one by one.
        seed: The same for the whole class.
        rung: The protection under which student code runs.
        jobs: How many submissions at a time.
        viewer: For whose eyes the feedback files are; by default a student's, before or after the due date.
        progress: Called with the number done, of how many, and a line on the latest; first with 0 and "".

    Raises:
        BadInput: The folder holds nothing to grade, or `out` cannot be written or is that folder.
    """
    if out.resolve() == folder.resolve():
        raise BadInput(f"{out} holds the submissions themselves: choose another --out")
    found, ignored = find_submissions(folder, but=out)
    files.make_folder(out / files.SUBMISSIONS)
    stale = files.stale(out, {one.name for one in found})
    result = ClassResult(assignment.name, rung.protection, ignored=ignored, stale=stale)
    say = progress or (lambda done, of, line: None)
    say(0, len(found), "")

    def tasks() -> Iterator[Task]:
        for one in found:
            submission = _read(one, assignment, result, out)
            if submission is not None:
                yield Task(submission, seed)
            else:
                say(result.count, len(found), f"{one.name}: not graded: {result.unread[-1][1]}")

    complete = False
    try:
        for done in grade_all(assignment, tasks(), jobs=jobs, rung=rung):
            result.reports.append(done.report)
            files.write_report(out, done.report, viewer or viewer_at(done.report, datetime.now(UTC)))
            say(result.count, len(found), f"{done.report.submission}: {_score(done.report)}")
        complete = True
    finally:
        result.reports.sort(key=lambda report: report.submission.casefold())
        files.write_class(out, result, seed, complete=complete)
    return result


def rung_for(*, trust: bool) -> Rung:
    """The strongest protection that this machine has; where it has none, none, if students are to be trusted.

    Raises:
        BadInput: It has none, and they are not.
    """
    rung = best()
    if rung is None and not trust:
        raise BadInput(
            "this machine offers no protection from student code: `grade doctor` says why and what would help; "
            "--trust-students grades without"
        )
    return rung or NONE


def _read(one: Found, assignment: Assignment, result: ClassResult, out: Path) -> Submission | None:
    """The submission; None, and a note of it, where it cannot be read."""
    fault, manifest = None, assignment.manifest
    try:
        return read_submission(one.path, manifest.files, one.name, manifest.modules)
    except BadSubmission as error:
        why = str(error)
    except Exception as error:  # noqa: BLE001  (one submission's trouble ends here)
        why = f"{one.path} could not be read through a fault of ours ({type(error).__name__}): please report it"
        fault = traceback.format_exc()
        result.faults.append(one.name)
    result.unread.append((one.name, why))
    files.write_refusal(out, one.name, why, fault)
    return None


def _score(report: Report) -> str:
    return (
        "not marked" if report.earned is None else f"{format_points(report.earned)} of {format_points(report.points)}"
    )
