"""The staff's word on a check: what the solution does not pass either is the check's fault, not the student's.

And what a mutant answers as well is that mutant's mistake.
"""

from __future__ import annotations

import copy
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING

from grader.engine.attempt import Setting, Verdict, attempt, verdict
from grader.engine.kept import Kept
from grader.engine.mistakes import Mistakes
from grader.engine.prepare import solution_of
from grader.model import Finding, Outcome

if TYPE_CHECKING:
    from grader.checks.diagnosis.known import AskKnown
    from grader.model import Assignment, Check
    from grader.sandbox import Launcher

TRIES = 2  # of what timed out or died: it may be the machine that is busy


class Oracle:
    """Asked about every check that somebody did not pass; each pair of check and seed is run once.

    In a student's kit there is no solution; there the checks are believed, since `grade validate` has tried them.
    """

    def __init__(self, assignment: Assignment, launcher: Launcher) -> None:
        self._solution = solution_of(assignment)
        self._known: dict[tuple[str, int], Finding | None] = {}
        self._kept = Kept(assignment, launcher)
        self._mistakes = Mistakes(assignment, self._kept)
        self._silent: frozenset[str] | None = frozenset()

    def without(self, silent: frozenset[str] | None) -> Oracle:
        """The same, with the same processes, for a submission about which these mutants say nothing; None: all."""
        other = copy.copy(self)
        other._silent = silent
        return other

    def known_mistakes(self, check: Check, setting: Setting) -> AskKnown:
        """Who is asked after a wrong gradient in this check."""
        return lambda ask: self._mistakes.known(check, setting, self._silent, ask)

    def objection(self, check: Check, setting: Setting) -> Finding | None:
        """What keeps the solution from passing the check; None if it passes, or cannot be asked.

        Raises:
            GuestLost: The solution's process cannot be started.
        """
        key = check.name, setting.seed
        if self._solution is None or key in self._known:
            return self._known.get(key)
        for _ in range(TRIES):
            said = verdict(attempt(check, self._kept.guest(self._solution, setting.seed), setting))
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

    def close(self) -> None:
        """End the processes; what is known stays known."""
        self._kept.close()

    def __enter__(self) -> Oracle:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
