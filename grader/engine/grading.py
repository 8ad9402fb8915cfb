"""Grades one submission: public checks in one guest, hidden checks in another, and a report of both."""

from __future__ import annotations

import platform
import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from fractions import Fraction
from importlib import metadata
from typing import TYPE_CHECKING

from grader.engine.judge import explain, judge
from grader.engine.prepare import cargo_for, solution_of
from grader.model import Loading, Report, Tally
from grader.sandbox import PROTECTION, Guest

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from grader.model import Assignment, Check, Result, Submission
    from grader.sandbox import Avoid, Launcher


class Scope(StrEnum):
    """Which checks are run."""

    ALL = "all"
    PUBLIC = "public"  # a student's own check of their work


def grade_settled(
    assignment: Assignment, submission: Submission, launcher: Launcher, *, seed: int, scope: Scope = Scope.ALL
) -> Report:
    """Grade, then repeat what timed out or died. Nothing else of ours may run meanwhile."""
    report = grade(assignment, submission, launcher, seed=seed, scope=scope)
    return repeat(assignment, submission, launcher, report) if report.unsettled else report


def repeat(assignment: Assignment, submission: Submission, launcher: Launcher, first: Report) -> Report:
    """Run the unsettled checks of a report once more, and believe what they say now."""
    assert first.seed is not None, "a report as `grade` gives it"
    scope = Scope.PUBLIC if first.not_run else Scope.ALL
    again = grade(assignment, submission, launcher, seed=int(first.seed), scope=scope, only=first.unsettled)
    results = {result.check: result for result in (*first.results, *again.results)}
    return replace(
        first,
        loading=again.loading,
        results=tuple(explain(assignment.checks, results).values()),
        repeated=tuple(result.check for result in again.results),
        seconds=first.seconds + again.seconds,
    )


def grade(
    assignment: Assignment,
    submission: Submission,
    launcher: Launcher,
    *,
    seed: int,
    scope: Scope = Scope.ALL,
    only: Collection[str] | None = None,
) -> Report:
    """Run the checks (of `only`, those) and report, for the staff's eyes.

    Raises:
        GuestLost: No guest process can be started at all: the machine's fault, not the submission's.
    """
    started, began = datetime.now(UTC), time.monotonic()
    public = [check for check in assignment.checks if check.public]
    hidden = [check for check in assignment.checks if not check.public]
    with ExitStack() as cleanup:
        session = _Session(assignment, submission, launcher, seed, cleanup)
        loading = session.run(_only(public, only))
        if scope is Scope.ALL and _only(hidden, only):
            session.run(_only(hidden, only))
    return Report(
        assignment=assignment.name,
        title=assignment.manifest.title,
        assignment_digest=assignment.digest,
        submission=submission.name,
        submission_digest=submission.digest,
        sources=tuple(source.name for source in submission.sources),
        protection=PROTECTION,
        versions=_versions(),
        seed=str(seed),
        feedback_before_due=assignment.manifest.feedback_before_due,
        feedback_after_due=assignment.manifest.feedback_after_due,
        due=assignment.manifest.due,
        loading=loading,
        results=tuple(explain(assignment.checks, session.results).values()),
        not_run=None if scope is Scope.ALL else _tally(hidden),
        notes=submission.notes,
        started=started.isoformat(timespec="seconds"),
        seconds=time.monotonic() - began,
    )


def _only(checks: Sequence[Check], names: Collection[str] | None) -> list[Check]:
    return [check for check in checks if names is None or check.name in names]


class _Session:
    """The guests of one grading, and the results so far."""

    def __init__(
        self, assignment: Assignment, submission: Submission, launcher: Launcher, seed: int, cleanup: ExitStack
    ) -> None:
        self.results: dict[str, Result] = {}
        self._assignment = assignment
        self._submission = submission
        self._launcher = launcher
        self._seed = seed
        self._cleanup = cleanup
        self._avoid: Avoid | None = None  # what the first guest has found out about hanging cells
        self._solution: Guest | None = None

    def run(self, checks: Sequence[Check]) -> Loading:
        """One guest, and the checks that share what loading left in it; what loading came to."""
        cargo = cargo_for(self._assignment, self._submission, seed=self._seed, avoid=self._avoid)
        guest = Guest(self._launcher, cargo)
        try:
            self._avoid = guest.avoid
            limits = self._assignment.manifest.limits
            for check in checks:
                self.results[check.name] = judge(check, guest, limits, seed=self._seed, solution=self._solution_guest)
        finally:
            guest.close()
        return guest.loading

    def _solution_guest(self) -> Guest | None:
        """A guest with the solution, started when first asked for."""
        solution = solution_of(self._assignment)
        if self._solution is None and solution is not None:
            self._solution = Guest(self._launcher, cargo_for(self._assignment, solution, seed=self._seed))
            self._cleanup.callback(self._solution.close)
        return self._solution


def _tally(checks: Sequence[Check]) -> Tally | None:
    return Tally(checks=len(checks), points=sum((c.points for c in checks), Fraction(0))) if checks else None


def _versions() -> dict[str, str]:
    names = ("gradgrader", "numpy")
    return {"python": platform.python_version()} | {name: _version(name) for name in names}


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:  # run from a checkout that is not installed
        return "unknown"
