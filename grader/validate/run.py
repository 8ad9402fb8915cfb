"""Runs the solution, the starter and the mutants over many seeds, and says what does not hold."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from grader.checks.diagnosis import NONE
from grader.engine import Task, from_texts, grade_all
from grader.model import BadAssignment, Outcome, format_points
from grader.release import starter
from grader.validate.mutants import Mutant, read_mutants

if TYPE_CHECKING:
    from grader.engine import Done
    from grader.model import Assignment, Report

SOLUTION, STARTER, PREFIX = "solution", "starter", "mutant "
HEADROOM = 5  # limits are at least so many times what the solution needs


@dataclass(slots=True)
class Subject:
    """What was seen of one of the things that are run, over all seeds."""

    name: str
    promise: str
    runs: int = 0
    earned: set[Fraction] = field(default_factory=set)
    problems: Counter[str] = field(default_factory=Counter)  # and how many seeds show each


@dataclass(frozen=True, slots=True)
class Validation:
    """What validating an assignment came to."""

    assignment: str
    seeds: int
    points: Fraction
    subjects: list[Subject]
    problems: list[str]  # of the assignment as a whole

    @property
    def sound(self) -> bool:
        """Whether all promises hold."""
        return not self.problems and not any(subject.problems for subject in self.subjects)


def validate(
    assignment: Assignment, *, seeds: Sequence[int], jobs: int = 1, progress: Callable[[int, int], None] | None = None
) -> Validation:
    """Run everything with every seed.

    Raises:
        BadAssignment: There is no solution, a region in it is not closed, or a mutant's docstring promises nothing.
    """
    if assignment.solution is None:
        raise BadAssignment(f"{assignment.folder} has no solution.py: only an assignment with one can be validated")
    mutants = {PREFIX + mutant.name: mutant for mutant in read_mutants(assignment)}
    subjects = _subjects(mutants)
    slowest: dict[str, float] = defaultdict(float)
    total = len(subjects) * len(seeds)
    if progress is not None:
        progress(0, total)
    for count, done in enumerate(grade_all(assignment, _tasks(assignment, mutants, seeds), jobs=jobs), 1):
        subject = subjects[done.task.submission.name]
        _look(subject, done, mutants.get(subject.name))
        if subject.name == SOLUTION:
            for result in done.report.results:
                slowest[result.check] = max(slowest[result.check], result.seconds)
        if progress is not None:
            progress(count, total)
    points = sum((check.points for check in assignment.checks), Fraction(0))
    return Validation(assignment.name, len(seeds), points, list(subjects.values()), _too_slow(assignment, slowest))


def _subjects(mutants: dict[str, Mutant]) -> dict[str, Subject]:
    promises = {SOLUTION: "earns everything", STARTER: "earns nothing"}
    promises |= {name: f"fails {', '.join(sorted(mutant.fails))}" for name, mutant in mutants.items()}
    return {name: Subject(name, promise) for name, promise in promises.items()}


def _tasks(assignment: Assignment, mutants: dict[str, Mutant], seeds: Sequence[int]) -> Iterator[Task]:
    assert assignment.solution is not None, "validate has looked"
    name = f"{assignment.name}.py"
    submissions = [
        from_texts(SOLUTION, {name: assignment.solution}),
        from_texts(STARTER, {name: starter(assignment.solution, str(assignment.folder / "solution.py"))}),
        *(
            from_texts(key, {name: assignment.solution, f"{mutant.name}.py": mutant.text})
            for key, mutant in mutants.items()
        ),
    ]
    for seed in seeds:
        for submission in submissions:
            yield Task(submission, seed)


def _look(subject: Subject, done: Done, mutant: Mutant | None) -> None:
    """Compare one report with the promise."""
    report = done.report
    subject.runs += 1
    if report.earned is not None:
        subject.earned.add(report.earned)
    subject.problems.update(_loading_problems(report))
    subject.problems.update(
        f"{result.check} is BROKEN: {(result.finding.traceback or result.finding.says).strip().splitlines()[-1]}"
        for result in report.results
        if result.outcome is Outcome.BROKEN and result.finding is not None
    )
    lost = {result.check: result.outcome for result in report.results if result.earned < result.points}
    if mutant is not None:
        subject.problems.update(_mutant_problems(report, mutant, set(lost)))
    elif subject.name == SOLUTION:
        subject.problems.update(f"loses {check} ({outcome})" for check, outcome in lost.items())
    elif report.earned:
        gained = [result for result in report.results if result.earned]
        subject.problems.update(f"earns {format_points(r.earned)} for {r.check}" for r in gained)


def _loading_problems(report: Report) -> list[str]:
    return [f"does not load: {failure.finding.says} ({failure.where})" for failure in report.loading.failures]


def _mutant_problems(report: Report, mutant: Mutant, lost: set[str]) -> Iterator[str]:
    for check in sorted(mutant.fails - lost):
        yield f"passes {check}, which it promises to fail"
    for check in sorted(lost - mutant.fails):
        yield f"fails {check}, which it does not promise"
    findings = [result.finding for result in report.results if result.check in mutant.fails and result.finding]
    codes = {finding.diagnosis.code for finding in findings if finding.diagnosis}
    if mutant.diagnosis == NONE and codes:
        yield f"is diagnosed as {', '.join(sorted(codes))}, and promises no diagnosis"
    if mutant.diagnosis != NONE and codes != {mutant.diagnosis}:
        yield f"is diagnosed as {', '.join(sorted(codes)) or 'nothing'}, and promises {mutant.diagnosis}"


def _too_slow(assignment: Assignment, slowest: dict[str, float]) -> list[str]:
    problems = []
    for check in assignment.checks:
        limit = check.seconds or assignment.manifest.limits.wall_seconds
        if slowest[check.name] * HEADROOM > limit:
            problems.append(
                f"{check.name}: the solution needs {slowest[check.name]:.2g} s and the limit is {limit:g} s; "
                f"allow at least {HEADROOM} times as much"
            )
    return problems
