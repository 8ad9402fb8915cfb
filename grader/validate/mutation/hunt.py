"""Runs the generated mutants, no longer than it takes to know what the checks make of each.

Every mutant meets every check that can notice it, with the first three seeds. One that a check notices with all three
is settled, and so is one that is found to be equivalent to the solution. The others meet these checks with all seeds,
and with the first seed all checks there are.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from grader.engine import Task, from_texts
from grader.model import Outcome
from grader.validate.mutation.ambiguous import ambiguous
from grader.validate.mutation.equivalent import equivalent
from grader.validate.mutation.generate import generate
from grader.validate.mutation.reach import noticing
from grader.validate.mutation.record import Record, alike
from grader.validate.mutation.score import Mutants, Tried, scored

if TYPE_CHECKING:
    from grader.engine import Done
    from grader.model import Assignment
    from grader.sandbox import Launcher

FIRST_SEEDS = 3
PREFIX = "generated "


class Hunt:
    """The generated mutants of one assignment, and what has been seen of them so far."""

    def __init__(
        self,
        assignment: Assignment,
        *,
        record: Record,
        reach: Mapping[str, frozenset[str]],
        seconds: Mapping[str, float],
        seeds: Sequence[int],
    ) -> None:
        """Generate them.

        Args:
            assignment: Whose solution.
            record: What its checks ask.
            reach: For each check that the solution passes, the names that it can reach.
            seconds: What each check may take.
            seeds: At least one.
        """
        self._assignment = assignment
        self._record = record
        self._seconds = seconds
        self._seeds = seeds
        self._checks = frozenset(reach)
        self._broken: dict[str, str] = {}
        mutations = generate(assignment.solution or "", alike(record.shapes))
        self._tested = {
            PREFIX + each.name: Tried(each, noticing({each.unit}, reach) if each.unit else tuple(reach))
            for each in mutations
        }

    def first(self) -> list[Task]:
        """What to run first."""
        return [
            self._task(name, seed, each.reached)
            for seed in self._seeds[:FIRST_SEEDS]
            for name, each in self._tested.items()
            if each.reached
        ]

    def more(self) -> list[Task]:
        """What to run then: more of the mistakes that no check has noticed each time."""
        unsettled = {name: each for name, each in self._tested.items() if not each.killers and not each.equivalent}
        others = {name: self._checks.difference(each.reached) for name, each in unsettled.items()}
        tasks = [self._task(name, self._seeds[0], checks) for name, checks in others.items() if checks]
        for seed in self._seeds[FIRST_SEEDS:]:
            tasks += [self._task(name, seed, each.reached) for name, each in unsettled.items() if each.reached]
        return tasks

    def _task(self, name: str, seed: int, checks: Collection[str]) -> Task:
        submission = from_texts(name, {f"{self._assignment.name}.py": self._tested[name].mutation.text})
        return Task(submission, seed, only={check: self._seconds[check] for check in checks}, silent=None)

    def note(self, done: Done) -> None:
        """Learn from a report."""
        each = self._tested[done.task.submission.name]
        for result in done.report.results:
            if result.outcome is Outcome.BROKEN and result.finding is not None:
                self._broken.setdefault(result.check, f"{each.mutation.name} ({result.finding.says})")
        lost = {r.check for r in done.report.results if r.earned < r.points and r.outcome is not Outcome.BROKEN}
        each.kills[done.task.seed] = each.kills.get(done.task.seed, frozenset()) | lost
        each.reached = tuple(name for name in self._seconds if name in lost.union(each.reached))

    def weed(self, launcher: Launcher) -> None:
        """Tell the equivalent ones among those that no check has noticed so far.

        Raises:
            GuestLost: The machine cannot start guest processes.
        """
        unseen = [each for each in self._tested.values() if each.reached and not any(each.kills.values())]
        suspects = {each.mutation: each.reached for each in unseen}
        weeds = equivalent(self._assignment, launcher, suspects, seeds=self._seeds)
        for each in unseen:
            each.equivalent = each.mutation in weeds

    def result(self) -> Mutants:
        """What came of them all."""
        tested, asked = list(self._tested.values()), self._record.asked
        return scored(self._assignment, tested, ambiguous=ambiguous(asked), broken=self._broken)
