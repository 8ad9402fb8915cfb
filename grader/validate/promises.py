"""Compares a report with what the solution, the starter or a mutant promises."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import fields
from fractions import Fraction
from typing import TYPE_CHECKING

from grader.assignment import SOLUTION, declared_at, shown
from grader.checks.cost import MEASURED
from grader.checks.diagnosis import NONE
from grader.model import Outcome, format_points
from grader.validate.found import Problem

if TYPE_CHECKING:
    from grader.assignment import Mutant
    from grader.model import Assignment, Finding, Report, Result
    from grader.validate.mutation.score import Mutants

NOT_THERE = frozenset({Outcome.MISSING, Outcome.BLOCKED})
SLIPS = ("raised NameError", "raised UnboundLocalError")  # of whoever wrote the mutant, not of a student in mathematics
# What may differ from run to run without any harm to a grade.
TIMES = frozenset({"seconds", "cpu_seconds", "memory_mb", "unsettled", "output"})


def of_solution(assignment: Assignment, report: Report) -> Iterator[Problem]:
    """It loads, and earns everything."""
    loading = not_loaded(report, shown(assignment.folder / SOLUTION))
    if loading is not None:
        yield loading
        return
    yield from _broken(assignment, report.results)
    for result in _lost(report.results):
        says = f"loses {result.check} ({result.outcome})"
        yield Problem(says, _said(result.finding), _where(assignment, result.check))


def of_starter(assignment: Assignment, report: Report, *, but: Collection[str]) -> Iterator[Problem]:
    """It loads, and earns nothing. Checks of `but` are not looked at, since the solution does not pass them."""
    loading = not_loaded(report)
    if loading is not None:
        yield loading
        return
    results = [result for result in report.results if result.check not in but]
    yield from _broken(assignment, results)
    for result in results:
        if result.earned:
            says = f"earns {format_points(result.earned)} for {result.check}"
            yield Problem(says, where=_where(assignment, result.check))


def of_mutant(assignment: Assignment, report: Report, mutant: Mutant, *, but: Collection[str]) -> Iterator[Problem]:
    """It loads, fails the checks that it says and no other, and its mistake is recognised."""
    loading = not_loaded(report, mutant.file)  # the solution below it does load
    if loading is not None:
        yield loading
        return
    results = [result for result in report.results if result.check not in but]
    yield from _broken(assignment, results)
    lost = {result.check: result for result in _lost(results)}
    for result in results:
        if result.check in mutant.fails and result.outcome is Outcome.PASSED:
            says = f"passes {result.check}, which it promises to fail"
            yield Problem(says, where=_where(assignment, result.check))
        if result.check in lost and result.check not in mutant.fails:
            says = f"fails {result.check}, which it does not promise"
            yield Problem(says, _said(result.finding), _where(assignment, result.check))
    promised = [result for result in results if result.check in mutant.fails]
    if promised and all(_is_a_slip(result) for result in promised):
        says = f"gives no wrong answer: {promised[0].check} is {promised[0].outcome}"
        yield Problem(says, _said(promised[0].finding), mutant.file)
    elif promised:
        yield from _misdiagnosed(promised, mutant)


def of_mutants(mutants: Mutants, least: Fraction) -> list[str]:
    """Enough of the generated mutants are noticed, and none breaks a check."""
    problems = [f"check {check} is BROKEN by a generated mutant: {says}" for check, says in mutants.broken.items()]
    if mutants.score is not None and mutants.score < least:
        problems.append(
            f"the checks kill {percent(mutants.score)} of the generated mutants, and {percent(least)} are asked for: "
            "each survivor shows what to check more closely"
        )
    return problems


def percent(share: Fraction) -> str:
    """Rounded down to a tenth, so that 100 % means all."""
    return f"{int(share * 1000) / 10:g} %"


def _is_a_slip(result: Result) -> bool:
    """Whether there is no answer at all, so that nothing shows that the check knows a wrong one."""
    return result.outcome in NOT_THERE or (result.finding is not None and result.finding.says.endswith(SLIPS))


def not_loaded(report: Report, file: str = "") -> Problem | None:
    """The first thing that went wrong while `file` was loaded; all else that is wrong may follow from it."""
    for failure in report.loading.failures:
        word, _, line = failure.where.partition(" ")
        if file and word == "line":
            return Problem("does not load", _said(failure.finding), f"{file}:{line}")
        return Problem("does not load", f"{_said(failure.finding)} ({failure.where})")
    return None


def unsure(report: Report) -> set[str]:
    """The checks that the solution does not pass: nothing else can be judged by them."""
    return {result.check for result in report.results if result.earned < result.points}


def differing(first: Report, again: Report) -> Iterator[tuple[str, list[str]]]:
    """The checks whose results differ though submission and seed are the same, and in which fields."""
    for one, other in zip(first.results, again.results, strict=True):
        names = [field.name for field in fields(one) if field.name not in TIMES]
        names = [name for name in names if _repeatable(one, name) != _repeatable(other, name)]
        if names:
            yield one.check, names


def _repeatable(result: Result, field: str) -> object:
    """A field of a result, without the evidence that is measured."""
    value = getattr(result, field)
    return {name: seen for name, seen in value.items() if name not in MEASURED} if field == "evidence" else value


def _broken(assignment: Assignment, results: Sequence[Result]) -> Iterator[Problem]:
    for result in results:
        if result.outcome is Outcome.BROKEN and result.finding is not None:
            says = f"has a check that is BROKEN: {result.check}"
            yield Problem(says, _said(result.finding), _where(assignment, result.check))


def _lost(results: Sequence[Result]) -> list[Result]:
    return [result for result in results if result.earned < result.points and result.outcome is not Outcome.BROKEN]


def _misdiagnosed(promised: Sequence[Result], mutant: Mutant) -> Iterator[Problem]:
    made = [r.finding.diagnosis for r in promised if r.finding is not None and r.finding.diagnosis is not None]
    codes = {diagnosis.code for diagnosis in made}
    found = ", ".join(sorted(codes))
    sentence = next((d.sentence for d in made if d.code != mutant.diagnosis), "")  # perhaps another mutant's
    if mutant.diagnosis == NONE and codes:
        yield Problem(f"is diagnosed as {found}, and promises no diagnosis", sentence, mutant.file)
    if mutant.diagnosis != NONE and codes != {mutant.diagnosis}:
        says = f"is diagnosed as {found or 'nothing'}, and promises {mutant.diagnosis}"
        yield Problem(says, sentence, mutant.file)


def _said(finding: Finding | None) -> str:
    """One line: the exception that was raised, or what the check says and its likely cause."""
    if finding is None:
        return ""
    if finding.traceback:
        return finding.traceback.strip().split("\n")[-1]
    return f"{finding.says}: {finding.diagnosis.sentence}" if finding.diagnosis else finding.says


def _where(assignment: Assignment, check: str) -> str:
    return declared_at(assignment.check(check))
