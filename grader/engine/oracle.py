"""The solution's word on a check: what the solution does not pass either is the check's fault, not the student's."""

from __future__ import annotations

from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING

from grader.engine.attempt import Setting, Verdict, attempt, verdict
from grader.engine.prepare import cargo_for, solution_of
from grader.model import Finding, Outcome
from grader.sandbox import Guest

if TYPE_CHECKING:
    from grader.model import Assignment, Check
    from grader.sandbox import Launcher

TRIES = 2  # of what timed out or died: it may be the machine that is busy


class Oracle:
    """Asked about every check that somebody did not pass; each pair of check and seed is run once.

    In a student's kit there is no solution; there the checks are believed, since `grade validate` has tried them.
    """

    def __init__(self, assignment: Assignment, launcher: Launcher) -> None:
        self._assignment = assignment
        self._solution = solution_of(assignment)
        self._launcher = launcher
        self._known: dict[tuple[str, int], Finding | None] = {}
        self._guest: tuple[int, Guest] | None = None  # and the run's seed, with which it was loaded

    def objection(self, check: Check, setting: Setting) -> Finding | None:
        """What keeps the solution from passing the check; None if it passes, or cannot be asked.

        Raises:
            GuestLost: The solution's process cannot be started.
        """
        key = check.name, setting.seed
        if self._solution is None or key in self._known:
            return self._known.get(key)
        for _ in range(TRIES):
            said = verdict(attempt(check, self._loaded(setting.seed), setting))
            if not said.unsettled:
                break
        if said.unsettled and not setting.alone:
            return None  # it may be the machine that is busy: what is repeated alone asks again
        self._known[key] = self._objection(said)
        return self._known[key]

    def _objection(self, said: Verdict) -> Finding | None:
        if said.outcome is Outcome.PASSED:
            return None
        finding = said.finding or Finding(says=said.outcome)
        if said.stumbled:
            return finding
        return replace(finding, says=f"the solution does not pass this check either: {finding.says}")

    def _loaded(self, seed: int) -> Guest:
        if self._guest is None or self._guest[0] != seed:
            self.close()
            assert self._solution is not None, "without one nothing is asked"
            self._guest = seed, Guest(self._launcher, cargo_for(self._assignment, self._solution, seed=seed))
        return self._guest[1]

    def close(self) -> None:
        """End the solution's process; what is known stays known."""
        if self._guest is not None:
            self._guest[1].close()
            self._guest = None

    def __enter__(self) -> Oracle:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
