"""Runs the solution, then the starter and the mutants, over many seeds, and says what does not hold."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from grader.assignment import SOLUTION as SOLUTION_FILE
from grader.assignment import Mutant, shown
from grader.engine import Task, from_texts, grade_all
from grader.model import BadAssignment
from grader.release import starter
from grader.sandbox import open_launcher
from grader.validate import promises
from grader.validate.found import MIN_SCORE, Kinds, Subject, Validation
from grader.validate.mutants import read_mutants
from grader.validate.mutation import reach, words
from grader.validate.mutation.hunt import FIRST_SEEDS, Hunt
from grader.validate.mutation.record import Record, record
from grader.validate.mutation.score import Mutants, allowed
from grader.validate.trial import Trial, limit, tight, time_again, try_solution, unrepeatable

if TYPE_CHECKING:
    from grader.engine import Done
    from grader.model import Assignment, Report, Submission
    from grader.sandbox import Launcher

SOLUTION, STARTER, PREFIX = "solution", "starter", "mutant "

Progress = Callable[[int, int, str], None]


def validate(
    assignment: Assignment,
    *,
    seeds: Sequence[int],
    jobs: int = 1,
    kinds: Kinds = Kinds.WRITTEN,
    min_score: Fraction = MIN_SCORE,
    progress: Progress | None = None,
) -> Validation:
    """Run the solution, twice with the first seed, then the starter and the mutants.

    The solution goes first. Where it does not load nothing else is run, and where it does not pass a check nothing else
    is judged by that check: each mistake is told once. A written mutant meets all checks with the first seed, and with
    the others those that can notice what it changes; the rest say of it what they say of the solution.

    Args:
        assignment: The one to test.
        seeds: At least one.
        jobs: How many gradings at a time.
        kinds: Which mutants.
        min_score: The share of generated mutants that the checks must notice.
        progress: Called with the number done, of how many, and at every tenth of them a line, otherwise "".

    Raises:
        BadAssignment: There is no solution, its regions make no starter, or a mutant's docstring promises nothing.
    """
    if assignment.solution is None:
        raise BadAssignment(
            f"{shown(assignment.folder)} has no {SOLUTION_FILE}: only an assignment with one can be validated"
        )
    began = time.monotonic()
    written = [] if kinds is Kinds.GENERATED else read_mutants(assignment)
    mutants = {PREFIX + mutant.name: mutant for mutant in written}
    submissions = _submissions(assignment, assignment.solution, mutants)
    subjects = _subjects(mutants)
    counter = _Counter(progress, len(submissions) * len(seeds) + 1)
    solution = submissions.pop(SOLUTION)
    trial = try_solution(assignment, subjects[SOLUTION], solution, seeds, jobs, counter.step)
    problems: list[str] = []
    found: Mutants | None = None
    if trial.loads:
        time_again(assignment, solution, trial)
        rest = _Rest(assignment, submissions, subjects, mutants, trial, seeds, jobs, counter)
        with closing(open_launcher(assignment.manifest.packages)) as launcher:
            found = rest.run(launcher, generated=kinds is not Kinds.WRITTEN)
        problems += [*unrepeatable(assignment, trial, seeds[0]), *tight(assignment, trial)]
    return Validation(
        assignment=assignment.name,
        called=_called(assignment),
        seeds=len(seeds),
        points=assignment.points,
        subjects=list(subjects.values()),
        problems=problems + (promises.of_mutants(found, min_score) if found else []),
        notes=_notes(assignment, mutants, found),
        mutants=found,
        seconds=time.monotonic() - began,
    )


@dataclass(frozen=True, slots=True)
class _Rest:
    """What is run when the solution has been."""

    assignment: Assignment
    submissions: Mapping[str, Submission]  # the starter and the written mutants
    subjects: Mapping[str, Subject]
    mutants: Mapping[str, Mutant]
    trial: Trial
    seeds: Sequence[int]
    jobs: int
    counter: _Counter

    def run(self, launcher: Launcher, *, generated: bool) -> Mutants | None:
        """Run it; what came of the generated mutants, if they are wanted."""
        checks = [check for check in self.assignment.checks if check.name not in self.trial.unsure]
        listened = record(self.assignment, launcher, checks, self.seeds[:FIRST_SEEDS], spy=generated)
        reached = self._reached(listened, [check.name for check in checks])
        hunt = self._hunt(listened, reached) if generated else None
        first = hunt.first() if hunt else []
        self.counter.total += len(first)
        self._grade(itertools.chain(self._promised(reached), first), hunt)
        if hunt is None:
            return None
        self.counter.say("comparing the answers of mutants that no check has noticed with the solution's")
        hunt.weed(launcher)
        more = hunt.more()
        self.counter.total += len(more)
        self._grade(more, hunt)
        return hunt.result()

    def _reached(self, listened: Record, checks: Sequence[str]) -> dict[str, frozenset[str]]:
        """For each check the names that it can reach."""
        mentioned = reach.mentions(self.assignment.solution, self.assignment.probe)
        return {name: reach.reached(listened.names(name), mentioned) for name in checks}

    def _hunt(self, listened: Record, reached: Mapping[str, frozenset[str]]) -> Hunt:
        seconds = {
            check.name: allowed(self.trial.slowest[check.name][0], limit(self.assignment, check))
            for check in self.assignment.checks
            if check.name in reached
        }
        return Hunt(self.assignment, record=listened, reach=reached, seconds=seconds, seeds=self.seeds)

    def _promised(self, reached: Mapping[str, frozenset[str]]) -> Iterator[Task]:
        """The starter and the written mutants, with every seed; no mutant is the rule by which itself is diagnosed."""
        own = {check.name: check.seconds for check in self.assignment.checks}
        only: dict[str, dict[str, float | None]] = {}
        itself = {name: frozenset({mutant.name}) for name, mutant in self.mutants.items()}
        for name, mutant in self.mutants.items():
            noticing = reach.noticing(reach.changes(mutant.text), reached)
            only[name] = {check: own[check] for check in own if check in noticing or check in mutant.fails}
        for seed in self.seeds:
            for name, submission in self.submissions.items():
                first = seed == self.seeds[0]
                yield Task(submission, seed, only=None if first else only.get(name), silent=itself.get(name))

    def _grade(self, tasks: Iterable[Task], hunt: Hunt | None) -> None:
        for done in grade_all(self.assignment, tasks, jobs=self.jobs):
            subject = self.subjects.get(done.task.submission.name)
            if subject is not None:
                self._look(subject, done.task.seed, self._whole(done))
            elif hunt is not None:
                hunt.note(done)
            self.counter.step(done)

    def _whole(self, done: Done) -> Report:
        """The report with what the solution got from the checks that cannot tell the two apart."""
        own = {result.check: result for result in done.report.results}
        solutions = self.trial.results[done.task.seed]
        return replace(done.report, results=tuple(own.get(result.check, result) for result in solutions))

    def _look(self, subject: Subject, seed: int, report: Report) -> None:
        """Compare one report with the promise."""
        subject.count(report)
        mutant = self.mutants.get(subject.name)
        if mutant is None:
            subject.judged = not self.trial.unsure
            problems = promises.of_starter(self.assignment, report, but=self.trial.unsure)
        else:
            subject.judged = not self.trial.unsure & mutant.fails
            problems = promises.of_mutant(self.assignment, report, mutant, but=self.trial.unsure)
        for problem in problems:
            subject.add(problem, seed)


@dataclass(slots=True)
class _Counter:
    """Tells how far it has come; the total grows when more is found to do."""

    progress: Progress | None
    total: int
    count: int = 0

    def __post_init__(self) -> None:
        if self.progress is not None:
            self.progress(0, self.total, "")

    def say(self, line: str) -> None:
        """Tell what is being done now."""
        if self.progress is not None:
            self.progress(self.count, self.total, line)

    def step(self, done: Done) -> None:
        """One more is done."""
        self.count += 1
        tenth = 10 * self.count // self.total > 10 * (self.count - 1) // self.total
        if self.progress is not None:
            line = f"{done.task.submission.name} with seed {done.task.seed}" if tenth else ""
            self.progress(self.count, self.total, line)


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


def _called(assignment: Assignment) -> str:
    usual = Path("assignments", assignment.name)
    return assignment.name if usual.resolve() == assignment.folder.resolve() else shown(assignment.folder)


def _notes(assignment: Assignment, mutants: dict[str, Mutant], found: Mutants | None) -> list[str]:
    if not mutants and found is None:
        return ["there is no mutant, so nothing shows what the checks catch"]
    caught = frozenset[str]().union(*(mutant.fails for mutant in mutants.values()))
    caught |= {each.check for each in found.checks if each.killed} if found else set()
    never = [check.name for check in assignment.checks if check.name not in caught]
    said = [f"no mutant fails {', '.join(never)}"] if never else []
    return said + (list(words.notes(found)) if found else [])
