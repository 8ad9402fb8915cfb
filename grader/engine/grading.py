"""Grades one submission: public checks in one guest, hidden checks in another, and a report of both."""

from __future__ import annotations

import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from grader import __version__
from grader.engine.attempt import Setting
from grader.engine.explain import explain
from grader.engine.judge import broken, judge
from grader.engine.oracle import Oracle
from grader.engine.prepare import cargo_for
from grader.model import Loading, Outcome, Report, Tally
from grader.sandbox import Guest

if TYPE_CHECKING:
    from grader.model import Assignment, Check, Protection, Result, Submission
    from grader.sandbox import Avoid, Launcher


class Scope(StrEnum):
    """Which checks are run."""

    ALL = "all"
    PUBLIC = "public"  # a student's own check of their work


@dataclass(slots=True)
class Ran:
    """What running some of the checks came to."""

    results: dict[str, Result] = field(default_factory=dict)
    loading: Loading | None = None
    hidden_loading: Loading | None = None


def grade_settled(
    assignment: Assignment, submission: Submission, launcher: Launcher, *, seed: int, scope: Scope = Scope.ALL
) -> Report:
    """Grade, then repeat what timed out or died. Nothing else of ours may run meanwhile.

    Raises:
        GuestLost: The machine cannot start guest processes.
    """
    with Oracle(assignment, launcher) as oracle:
        report = grade(assignment, submission, launcher, seed=seed, scope=scope, oracle=oracle)
        return repeat(assignment, submission, launcher, report, oracle=oracle) if report.unsettled else report


def grade(
    assignment: Assignment,
    submission: Submission,
    launcher: Launcher,
    *,
    seed: int,
    oracle: Oracle | None,
    scope: Scope = Scope.ALL,
) -> Report:
    """Run the checks and report, for the staff's eyes.

    Args:
        assignment: Whose checks.
        submission: Whose functions.
        launcher: How guests are started.
        seed: The run's.
        oracle: Who is asked about what is not passed; None where the submission is the solution itself.
        scope: Which checks.

    Raises:
        GuestLost: The machine cannot start guest processes.
    """
    started, began = datetime.now(UTC), time.monotonic()
    public, hidden = _parts(assignment.checks)
    ran = _run(assignment, submission, launcher, seed, oracle, public, hidden if scope is Scope.ALL else ())
    report = report_on(assignment, submission, launcher.protection, seed, scope, ran)
    return replace(report, started=started.isoformat(timespec="seconds"), seconds=time.monotonic() - began)


def repeat(
    assignment: Assignment, submission: Submission, launcher: Launcher, first: Report, *, oracle: Oracle | None
) -> Report:
    """Run the unsettled checks of a report once more, and believe what they say now."""
    assert first.seed is not None, "a report as `grade` gives it"
    began = time.monotonic()
    names = first.unsettled
    public, hidden = _parts([check for check in assignment.checks if check.name in names])
    ran = _run(assignment, submission, launcher, int(first.seed), oracle, public or None, hidden, alone=True)
    again = {name: replace(result, unsettled=False) for name, result in ran.results.items()}
    results = {result.check: again.get(result.check, result) for result in first.results}
    return replace(
        first,
        loading=ran.loading or first.loading,
        hidden_loading=ran.hidden_loading or first.hidden_loading,
        results=explain(assignment.checks, results),
        repeated=tuple(result.check for result in first.results if result.check in again),
        seconds=first.seconds + time.monotonic() - began,
    )


def not_graded(
    assignment: Assignment, submission: Submission, error: Exception, *, seed: int, protection: Protection
) -> Report:
    """The report of a submission whose grading failed through a fault of ours: every check is BROKEN."""
    results = {check.name: broken(check, error) for check in assignment.checks}
    ran = Ran(results, Loading(outcome=Outcome.BROKEN))
    report = report_on(assignment, submission, protection, seed, Scope.ALL, ran)
    return replace(report, started=datetime.now(UTC).isoformat(timespec="seconds"))


def _parts(checks: Sequence[Check]) -> tuple[list[Check], list[Check]]:
    return [check for check in checks if check.public], [check for check in checks if not check.public]


def _run(
    assignment: Assignment,
    submission: Submission,
    launcher: Launcher,
    seed: int,
    oracle: Oracle | None,
    public: Sequence[Check] | None,
    hidden: Sequence[Check],
    *,
    alone: bool = False,
) -> Ran:
    """A guest for the public checks (None: they are not asked for), and one for the others of each visibility."""
    ran = Ran()
    manifest = assignment.manifest
    setting = Setting(seed=seed, limits=manifest.limits, conventions=manifest.conventions, alone=alone)
    avoid: Avoid | None = None  # what the first guest has found out about hanging cells

    def run(checks: Sequence[Check]) -> Loading:
        nonlocal avoid
        guest = Guest(launcher, cargo_for(assignment, submission, seed=seed, avoid=avoid))
        try:
            for check in checks:
                ran.results[check.name] = judge(check, guest, setting, oracle)
        finally:
            guest.close()
        avoid = guest.avoid
        return guest.loading

    if public is not None:
        ran.loading = run(public)
    for visibility in sorted({check.visibility for check in hidden}):
        # Apart, since the findings of some are shown one day and must hold nothing of those that never are.
        loading = run([check for check in hidden if check.visibility is visibility])
        if ran.hidden_loading is None or ran.hidden_loading.outcome is Outcome.PASSED:
            ran.hidden_loading = loading
    return ran


def report_on(
    assignment: Assignment, submission: Submission, protection: Protection, seed: int, scope: Scope, ran: Ran
) -> Report:
    """The report on what was run, for the staff's eyes."""
    assert ran.loading is not None, "whatever is graded is loaded"
    return Report(
        assignment=assignment.name,
        title=assignment.manifest.title,
        assignment_digest=assignment.digest,
        submission=submission.name,
        submission_digest=submission.digest,
        sources=tuple(source.name for source in submission.sources),
        protection=protection,
        versions={"python": platform.python_version(), "gradgrader": __version__, "numpy": np.__version__},
        seed=str(seed),
        feedback_before_due=assignment.manifest.feedback_before_due,
        feedback_after_due=assignment.manifest.feedback_after_due,
        due=assignment.manifest.due,
        loading=ran.loading,
        hidden_loading=ran.hidden_loading,
        results=explain(assignment.checks, ran.results),
        not_run=None if scope is Scope.ALL else _not_run(assignment),
        notes=submission.notes,
    )


def _not_run(assignment: Assignment) -> Tally | None:
    """The hidden checks, those among them that a kit does not even hold."""
    hidden = [check.points for check in assignment.checks if not check.public]
    count = len(hidden) + assignment.manifest.hidden_checks
    return Tally(checks=count, points=sum(hidden, assignment.manifest.hidden_points)) if count else None
