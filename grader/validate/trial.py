"""Tries the solution: it must earn everything, with every seed, the same each time and well within the limits."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from grader.assignment import declared_at
from grader.engine import Task, grade_all
from grader.validate import promises

if TYPE_CHECKING:
    from grader.engine import Done
    from grader.model import Assignment, Check, Report, Result, Submission
    from grader.validate.found import Subject

TIMINGS = 3  # of what seemed too slow
HEADROOM = 5  # limits are at least so many times what the solution needs


@dataclass(slots=True)
class Trial:
    """What the solution's runs tell of the assignment."""

    loads: bool = True
    unsure: set[str] = field(default_factory=set)  # the checks that it does not always pass
    slowest: dict[str, tuple[float, int]] = field(
        default_factory=dict
    )  # the seconds that a check took at most; the seed
    results: dict[int, tuple[Result, ...]] = field(default_factory=dict)  # by seed
    loading: float = math.inf  # the least seconds, since it is the same work each time
    twice: list[Report] = field(default_factory=list)  # of the same seed


def try_solution(
    assignment: Assignment,
    subject: Subject,
    solution: Submission,
    seeds: Sequence[int],
    jobs: int,
    step: Callable[[Done], None],
) -> Trial:
    """Run the solution with every seed, and twice with the first."""
    trial = Trial()
    tasks = [Task(solution, seed, is_solution=True) for seed in seeds]
    again = Task(solution, seeds[0], is_solution=True)
    for done in grade_all(assignment, [*tasks, again], jobs=jobs):
        report = done.report
        if done.task is again or done.task is tasks[0]:
            trial.twice.append(report)
        if done.task is not again:
            subject.count(report)
            subject.judged = True
            trial.results[done.task.seed] = report.results
            for problem in promises.of_solution(assignment, report):
                subject.add(problem, done.task.seed)
        trial.loads = trial.loads and promises.not_loaded(report) is None
        trial.unsure |= promises.unsure(report)
        trial.loading = min(trial.loading, report.loading.seconds)
        for result in report.results:
            took = (result.seconds, done.task.seed)
            trial.slowest[result.check] = max(trial.slowest.get(result.check, took), took)
        step(done)
    return trial


def time_again(assignment: Assignment, solution: Submission, trial: Trial) -> None:
    """Time alone what seemed too slow, several times if need be, since a busy machine makes right code slow."""
    for _ in range(TIMINGS):
        seeds = {trial.slowest[check.name][1] for check in _too_slow(assignment, trial)}
        tasks = [Task(solution, seed) for seed in sorted(seeds)]
        for done in grade_all(assignment, tasks) if tasks else ():
            for result in done.report.results:
                seconds, seed = trial.slowest[result.check]
                if seed == done.task.seed:
                    trial.slowest[result.check] = (min(seconds, result.seconds), seed)


def _too_slow(assignment: Assignment, trial: Trial) -> list[Check]:
    return [check for check in assignment.checks if trial.slowest[check.name][0] * HEADROOM > limit(assignment, check)]


def limit(assignment: Assignment, check: Check) -> float:
    """The seconds that a check gets."""
    return check.seconds or assignment.manifest.limits.wall_seconds


def unrepeatable(assignment: Assignment, trial: Trial, seed: int) -> Iterator[str]:
    """The checks that do not say the same twice."""
    first, again = trial.twice
    for check, (*names, last) in promises.differing(first, again):
        fields = f"{', '.join(names)} and {last}" if names else last
        yield (
            f"{declared_at(assignment.check(check))}: check {check} is not repeatable: two runs of the solution with "
            f"seed {seed} differ in {fields}; draw every input with `draw`"
        )


def tight(assignment: Assignment, trial: Trial) -> Iterator[str]:
    """The limits that leave no room above what the solution needs."""
    enough = f"allow at least {HEADROOM} times as much"
    load_seconds = assignment.manifest.limits.load_seconds
    if trial.loading * HEADROOM > load_seconds:
        yield f"the solution needs {trial.loading:.2g} s to load and load_seconds is {load_seconds:g}; {enough}"
    for check in _too_slow(assignment, trial):
        yield (
            f"{declared_at(check)}: check {check.name}: the solution needs {trial.slowest[check.name][0]:.2g} s "
            f"and the limit is {limit(assignment, check):g} s; {enough}"
        )
