"""Runs the solution, then the starter and the mutants, over many seeds, and says what does not hold."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from grader.assignment import SOLUTION as SOLUTION_FILE
from grader.assignment import declared_at, shown
from grader.engine import Task, from_texts, grade_all
from grader.model import BadAssignment
from grader.release import starter
from grader.validate import promises
from grader.validate.found import Subject, Validation
from grader.validate.mutants import Mutant, read_mutants

if TYPE_CHECKING:
    from grader.engine import Done
    from grader.model import Assignment, Check, Report, Submission

SOLUTION, STARTER, PREFIX = "solution", "starter", "mutant "
HEADROOM = 5  # limits are at least so many times what the solution needs

Progress = Callable[[int, int, str], None]


@dataclass(slots=True)
class _Trial:
    """What the solution's runs tell of the assignment."""

    loads: bool = True
    unsure: set[str] = field(default_factory=set)  # the checks that it does not always pass
    slowest: dict[str, tuple[float, int]] = field(
        default_factory=dict
    )  # the seconds that a check took at most; the seed
    loading: float = math.inf  # the least seconds, since it is the same work each time
    twice: list[Report] = field(default_factory=list)  # of the same seed


def validate(
    assignment: Assignment, *, seeds: Sequence[int], jobs: int = 1, progress: Progress | None = None
) -> Validation:
    """Run everything with every seed, and the solution twice with the first.

    The solution goes first. Where it does not load nothing else is run, and where it does not pass a check nothing else
    is judged by that check: each mistake is told once.

    Args:
        assignment: The one to test.
        seeds: At least one.
        jobs: How many gradings at a time.
        progress: Called with the number done, of how many, and at every tenth of them a line, otherwise "".

    Raises:
        BadAssignment: There is no solution, its regions make no starter, or a mutant's docstring promises nothing.
    """
    if assignment.solution is None:
        raise BadAssignment(
            f"{shown(assignment.folder)} has no {SOLUTION_FILE}: only an assignment with one can be validated"
        )
    mutants = {PREFIX + mutant.name: mutant for mutant in read_mutants(assignment)}
    submissions = _submissions(assignment, assignment.solution, mutants)
    subjects = _subjects(mutants)
    step = _counter(progress, len(submissions) * len(seeds) + 1)
    solution = submissions.pop(SOLUTION)
    trial = _try_solution(assignment, subjects[SOLUTION], solution, seeds, jobs, step)
    if trial.loads:
        _time_again(assignment, solution, trial)
        tasks = (Task(submission, seed) for seed in seeds for submission in submissions.values())
        for done in grade_all(assignment, tasks, jobs=jobs):
            subject = subjects[done.task.submission.name]
            _look(assignment, subject, done, mutants.get(subject.name), trial)
            step(done)
    return Validation(
        assignment=assignment.name,
        called=_called(assignment),
        seeds=len(seeds),
        points=assignment.points,
        subjects=list(subjects.values()),
        problems=[*_unrepeatable(assignment, trial, seeds[0]), *_tight(assignment, trial)] if trial.loads else [],
        notes=_notes(assignment, mutants),
    )


def _subjects(mutants: dict[str, Mutant]) -> dict[str, Subject]:
    said = {SOLUTION: "earns everything", STARTER: "earns nothing"}
    said |= {name: f"fails {', '.join(sorted(mutant.fails))}" for name, mutant in mutants.items()}
    return {name: Subject(name, promise) for name, promise in said.items()}


def _submissions(assignment: Assignment, solution: str, mutants: dict[str, Mutant]) -> dict[str, Submission]:
    name = f"{assignment.name}.py"
    texts = {
        SOLUTION: {name: solution},
        STARTER: {name: starter(solution, shown(assignment.folder / SOLUTION_FILE))},
        **{key: {name: solution, f"{mutant.name}.py": mutant.text} for key, mutant in mutants.items()},
    }
    return {key: from_texts(key, given) for key, given in texts.items()}


def _counter(progress: Progress | None, total: int) -> Callable[[Done], None]:
    """What to call with each finished run."""
    count = 0
    if progress is not None:
        progress(0, total, "")

    def step(done: Done) -> None:
        nonlocal count
        count += 1
        tenth = 10 * count // total > 10 * (count - 1) // total
        if progress is not None:
            progress(count, total, f"{done.task.submission.name} with seed {done.task.seed}" if tenth else "")

    return step


def _try_solution(
    assignment: Assignment,
    subject: Subject,
    solution: Submission,
    seeds: Sequence[int],
    jobs: int,
    step: Callable[[Done], None],
) -> _Trial:
    trial = _Trial()
    tasks = [Task(solution, seed, is_solution=True) for seed in seeds]
    again = Task(solution, seeds[0], is_solution=True)
    for done in grade_all(assignment, [*tasks, again], jobs=jobs):
        report = done.report
        if done.task is again or done.task is tasks[0]:
            trial.twice.append(report)
        if done.task is not again:
            _count(subject, report)
            subject.judged = True
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


def _time_again(assignment: Assignment, solution: Submission, trial: _Trial) -> None:
    """Time alone what seemed too slow, since a busy machine makes right code slow."""
    seeds = {trial.slowest[check.name][1] for check in _too_slow(assignment, trial)}
    tasks = [Task(solution, seed) for seed in sorted(seeds)]
    for done in grade_all(assignment, tasks) if tasks else ():
        for result in done.report.results:
            seconds, seed = trial.slowest[result.check]
            if seed == done.task.seed:
                trial.slowest[result.check] = (min(seconds, result.seconds), seed)


def _too_slow(assignment: Assignment, trial: _Trial) -> list[Check]:
    return [check for check in assignment.checks if trial.slowest[check.name][0] * HEADROOM > _limit(assignment, check)]


def _limit(assignment: Assignment, check: Check) -> float:
    return check.seconds or assignment.manifest.limits.wall_seconds


def _look(assignment: Assignment, subject: Subject, done: Done, mutant: Mutant | None, trial: _Trial) -> None:
    """Compare one report with the promise."""
    _count(subject, done.report)
    if mutant is None:
        subject.judged = not trial.unsure
        problems = promises.of_starter(assignment, done.report, but=trial.unsure)
    else:
        subject.judged = not trial.unsure & mutant.fails
        problems = promises.of_mutant(assignment, done.report, mutant, but=trial.unsure)
    for problem in problems:
        subject.add(problem, done.task.seed)


def _count(subject: Subject, report: Report) -> None:
    subject.runs += 1
    if report.earned is not None:
        subject.earned.add(report.earned)


def _called(assignment: Assignment) -> str:
    usual = Path("assignments", assignment.name)
    return assignment.name if usual.resolve() == assignment.folder.resolve() else shown(assignment.folder)


def _unrepeatable(assignment: Assignment, trial: _Trial, seed: int) -> Iterator[str]:
    first, again = trial.twice
    for check, (*names, last) in promises.differing(first, again):
        fields = f"{', '.join(names)} and {last}" if names else last
        yield (
            f"{declared_at(assignment.check(check))}: check {check} is not repeatable: two runs of the solution with "
            f"seed {seed} differ in {fields}; draw every input with `draw`"
        )


def _tight(assignment: Assignment, trial: _Trial) -> Iterator[str]:
    enough = f"allow at least {HEADROOM} times as much"
    load_seconds = assignment.manifest.limits.load_seconds
    if trial.loading * HEADROOM > load_seconds:
        yield f"the solution needs {trial.loading:.2g} s to load and load_seconds is {load_seconds:g}; {enough}"
    for check in _too_slow(assignment, trial):
        yield (
            f"{declared_at(check)}: check {check.name}: the solution needs {trial.slowest[check.name][0]:.2g} s "
            f"and the limit is {_limit(assignment, check):g} s; {enough}"
        )


def _notes(assignment: Assignment, mutants: dict[str, Mutant]) -> list[str]:
    if not mutants:
        return ["there is no mutant, so nothing shows what the checks catch"]
    caught = frozenset[str]().union(*(mutant.fails for mutant in mutants.values()))
    never = [check.name for check in assignment.checks if check.name not in caught]
    return [f"no mutant fails {', '.join(never)}"] if never else []
