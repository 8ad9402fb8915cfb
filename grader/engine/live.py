"""A submission that is checked again and again while it is written: loaded once, and kept until it has changed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from grader.engine.attempt import Setting
from grader.engine.grading import Ran, Scope, report_on
from grader.engine.judge import judge
from grader.engine.oracle import Oracle
from grader.engine.prepare import cargo_for
from grader.sandbox import Guest, open_launcher

if TYPE_CHECKING:
    from grader.model import Assignment, Check, Report, Submission
    from grader.sandbox import Avoid


@dataclass(frozen=True, slots=True)
class LiveReport:
    """The report of the checks that were run, for the staff's eyes; for those that are `left` there was no time."""

    report: Report
    left: tuple[Check, ...] = ()
    stopped: bool = False  # by the user


class Live:
    """Its guest, from which the process of each check is forked."""

    def __init__(self, assignment: Assignment, submission: Submission, *, seed: int, avoid: Avoid) -> None:
        """Load it. It is a student's own check, so it needs no protection.

        Raises:
            GuestLost: The machine cannot start guest processes.
            BadAssignment: A package that the assignment allows is not installed.
        """
        self._assignment = assignment
        self._submission = submission
        self._launcher = open_launcher(assignment.manifest.packages)
        try:
            self._oracle = Oracle(assignment, self._launcher)
            self._guest = Guest(self._launcher, cargo_for(assignment, submission, seed=seed, avoid=avoid))
        except BaseException:
            self._launcher.close()
            raise

    @property
    def guest(self) -> Guest:
        """The guest: what came of loading, and which cells it avoids."""
        return self._guest

    def check(self, checks: Sequence[Check], *, seed: int, until: float) -> LiveReport:
        """Run public checks. Ctrl-C ends the one that runs, and leaves the others.

        Args:
            checks: Which.
            seed: Of their inputs.
            until: When no further check is begun, by `time.monotonic`.

        Raises:
            GuestLost: The machine cannot start guest processes.
        """
        began, started = time.monotonic(), datetime.now(UTC)
        ran, repeated, stopped = Ran(), list[str](), False
        try:
            for check in checks:
                if time.monotonic() > until:
                    break
                self._judge(check, seed, ran, repeated)
        except KeyboardInterrupt:
            stopped = True
        ran.loading = self._guest.loading
        report = report_on(self._assignment, self._submission, self._launcher.protection, seed, Scope.PUBLIC, ran)
        report = replace(
            report,
            repeated=tuple(repeated),
            started=started.isoformat(timespec="seconds"),
            seconds=time.monotonic() - began,
        )
        return LiveReport(report, tuple(check for check in checks if check.name not in ran.results), stopped)

    def _judge(self, check: Check, seed: int, ran: Ran, repeated: list[str]) -> None:
        """What times out or dies is run once more, unless a cell that hung explains it."""
        manifest = self._assignment.manifest
        setting = Setting(seed=seed, limits=manifest.limits, conventions=manifest.conventions, alone=True)
        result = judge(check, self._guest, setting, self._oracle)
        if result.unsettled and self._guest.settled:
            repeated.append(check.name)
            result = judge(check, self._guest, setting, self._oracle)
        ran.results[check.name] = replace(result, unsettled=False)

    def close(self) -> None:
        """End its processes."""
        self._guest.close()
        self._oracle.close()
        self._launcher.close()
