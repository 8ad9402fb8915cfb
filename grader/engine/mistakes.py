"""The assignment's mutants as rules: what each answers where a student's gradient is wrong.

A mutant is asked in a guest of its own, by the very code of the check that asked the student. It decides nothing but a
diagnosis: one that fails, hangs or answers anything but numbers says nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import ExitStack, suppress
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from grader.assignment import mutant_files, read_mutant
from grader.checks import CheckContext
from grader.checks.arrays import Array
from grader.checks.context import context, running
from grader.checks.diagnosis import CODES, KNOWN, KnownWrong, is_right
from grader.engine.prepare import mutant_of, solution_of
from grader.engine.remembered import Memory, Remembered
from grader.engine.student import answered_by
from grader.model import BadAssignment, Outcome
from grader.sandbox import GuestLost

if TYPE_CHECKING:
    from grader.assignment import Mutant
    from grader.checks.diagnosis.known import Ask
    from grader.engine.attempt import Setting
    from grader.engine.kept import Kept
    from grader.model import Assignment, Check, Submission
    from grader.sandbox import Child, Guest

MOST = 16  # mutants that are asked after one failure
SHARE = 5  # of a check's time, for one of the many questions that the check asks

Gradients = tuple[Array, ...]


class Mistakes:
    """The mutants of one assignment; nothing is read or started before a gradient is wrong."""

    def __init__(self, assignment: Assignment, kept: Kept) -> None:
        self._assignment = assignment
        self._kept = kept
        self._memory = Memory()

    @cached_property
    def _mutants(self) -> list[Mutant]:
        """Those that can be read. What is wrong with the others is for `grade validate` to say."""
        found = []
        for path in mutant_files(self._assignment):
            with suppress(BadAssignment):
                found.append(read_mutant(path))
        return found

    def known(self, check: Check, setting: Setting, silent: Collection[str] | None, ask: Ask) -> list[KnownWrong]:
        """What the mutants that promise to fail `check` answer to `ask()`, where the solution answers something else.

        `silent` names mutants that are not asked; None: none is.
        """
        solution = solution_of(self._assignment)
        if silent is None or solution is None:
            return []
        asked = [one for one in self._mutants if check.name in one.fails and one.name not in silent][:MOST]
        right = self._answer(solution, check, setting, ask) if asked else None
        if right is None:
            return []
        found = [(one, self._answer(mutant_of(self._assignment, one), check, setting, ask)) for one in asked]
        return [
            KnownWrong(one.diagnosis if one.diagnosis in CODES else KNOWN, one.sentence, wrong)
            for one, wrong in found
            if wrong is not None and not is_right(wrong, right)
        ]

    def _answer(self, submission: Submission, check: Check, setting: Setting, ask: Ask) -> Gradients | None:
        """What it answers; None where that is no finite numbers. Nothing of it is kept with the student's."""
        limits = setting.limits.within(check.seconds)
        limits = replace(limits, wall_seconds=limits.wall_seconds / SHARE)
        here = context()
        apart = CheckContext(seed=here.seed, conventions=here.conventions, sizes=dict(here.sizes))
        try:
            with ExitStack() as ending, running(apart):

                def begin() -> Child:
                    return ending.enter_context(self._loaded(submission, setting.seed).check(limits))

                start = f"{submission.digest} {setting.seed} {limits}"
                with answered_by(Remembered(self._memory, start, begin)):
                    answer = ask()
        except KeyboardInterrupt:
            raise
        except BaseException:  # noqa: BLE001  (it gives no answer, or the check's own code stumbles over the one it gives)
            return None
        numbers = tuple(g for g in answer if g is not None and np.all(np.isfinite(g)))
        return numbers if len(numbers) == len(answer) else None

    def _loaded(self, submission: Submission, seed: int) -> Guest:
        guest = self._kept.guest(submission, seed)
        if guest.loading.outcome is not Outcome.PASSED:
            raise GuestLost(f"{submission.name} does not load")
        return guest
