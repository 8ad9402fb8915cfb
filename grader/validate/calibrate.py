"""Runs the trainings of an assignment's checks on its solution, many times, and writes down what losses it reaches."""

from __future__ import annotations

import math
import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from grader.assignment import SOLUTION, declared_at, load, shown
from grader.checks.calibration import Rule, Standard, digest_of_text, entry, standard_of, to_json
from grader.checks.context import derive_seed
from grader.checks.converge import BARELY, Recorded, recording
from grader.engine.attempt import Setting, attempt, verdict
from grader.engine.prepare import cargo_for, solution_of
from grader.model import Assignment, BadAssignment, Check, Outcome
from grader.sandbox import Guest, Launcher, open_launcher

if TYPE_CHECKING:
    from grader.validate.run import Progress

CHUNK = 20  # attempts that share a launcher, and that a worker takes at a time
TRIES = 2  # of what timed out or died: it may be the machine that is busy


@dataclass(frozen=True, slots=True)
class Calibrated:
    """What the solution's runs say of one loss."""

    name: str
    check: str
    file: Path
    standard: Standard
    rule: Rule
    training: str | None


@dataclass(frozen=True, slots=True)
class _Attempts:
    """A check to run on the solution with some seeds."""

    check: str
    seeds: tuple[int, ...]


def calibrate(
    assignment: Assignment, *, runs: int, seed: int, jobs: int = 1, progress: Progress | None = None
) -> list[Calibrated]:
    """Run every check that asserts convergence on the solution, and write its calibration file.

    The same seed gives the same file on one machine, however many jobs there are.

    Args:
        assignment: The one that is calibrated; it is loaded anew from its folder by each job.
        runs: Trainings for each loss, at least.
        seed: All seeds are derived from it.
        jobs: Trainings at a time.
        progress: Called with the number of attempts done, of how many, and now and then a line.

    Raises:
        BadAssignment: There is no solution, no check asserts convergence, the solution does not learn, or two losses
            have one name.
        GuestLost: The machine cannot start guest processes.
    """
    if assignment.solution is None:
        raise BadAssignment(f"{shown(assignment.folder)} has no {SOLUTION}: there is nothing to calibrate with")
    firsts = _first_attempts(assignment, seed)
    if not firsts:
        raise BadAssignment(
            f"no check of {shown(assignment.folder)} calls assert_converges: nothing is to be calibrated"
        )
    work, total = _work(firsts, runs, seed), 0
    wanted = sum(len(attempts.seeds) for attempts in work)
    recorded: dict[str, list[Recorded]] = {name: [] for name in firsts}
    for attempts, losses in _all(assignment, work, jobs):
        recorded[attempts.check] += losses
        total += len(attempts.seeds)
        if progress is not None:
            progress(total, wanted, f"{attempts.check}: {len(recorded[attempts.check])} losses")
    found = [one for check in firsts for one in _calibrated(assignment.check(check), recorded[check])]
    _write(found, assignment, seed)
    return found


def _first_attempts(assignment: Assignment, seed: int) -> dict[str, int]:
    """The checks that assert convergence, and how many losses the least recorded of each gives in one attempt."""
    found: dict[str, int] = {}
    launcher = open_launcher(assignment.manifest.packages)
    try:
        for check in assignment.checks:
            record = _attempt(assignment, check, launcher, derive_seed(seed, "which"))
            if record:
                names = [one.name for one in record]
                found[check.name] = min(names.count(name) for name in names)
    finally:
        launcher.close()
    return found


def _work(firsts: dict[str, int], runs: int, seed: int) -> list[_Attempts]:
    work = []
    for check, losses in firsts.items():
        seeds = [derive_seed(seed, f"{check} {k}") for k in range(-(-runs // losses))]
        work += [_Attempts(check, tuple(seeds[k : k + CHUNK])) for k in range(0, len(seeds), CHUNK)]
    return work


def _all(assignment: Assignment, work: Sequence[_Attempts], jobs: int) -> Iterator[tuple[_Attempts, list[Recorded]]]:
    """In order, whoever runs them, so that the losses come in the same order each time."""
    if jobs == 1:
        yield from ((attempts, _some(assignment, attempts)) for attempts in work)
        return
    spawn = multiprocessing.get_context("spawn")  # a fork of this process would copy its threads' locks
    pool = ProcessPoolExecutor(jobs, spawn)
    try:
        yield from zip(work, pool.map(_in_worker, [assignment.folder] * len(work), work), strict=True)
    finally:
        pool.shutdown(cancel_futures=True)


def _in_worker(folder: Path, attempts: _Attempts) -> list[Recorded]:
    return _some(load(folder), attempts)


def _some(assignment: Assignment, attempts: _Attempts) -> list[Recorded]:
    launcher = open_launcher(assignment.manifest.packages)
    check = assignment.check(attempts.check)
    try:
        return [one for seed in attempts.seeds for one in _attempt(assignment, check, launcher, seed)]
    finally:
        launcher.close()


def _attempt(assignment: Assignment, check: Check, launcher: Launcher, seed: int) -> list[Recorded]:
    """The losses of one run of a check on the solution, in a guest of its own seed.

    Raises:
        BadAssignment: The check asserts convergence, and the solution does not pass what else it asserts.
    """
    manifest, solution = assignment.manifest, solution_of(assignment)
    assert solution is not None, "calibrate has looked"
    setting = Setting(seed=seed, limits=manifest.limits, conventions=manifest.conventions, alone=True)
    for _ in range(TRIES):
        guest = Guest(launcher, cargo_for(assignment, solution, seed=seed))
        try:
            with recording() as record:
                ended = attempt(check, guest, setting)
        finally:
            guest.close()
        said = verdict(ended)
        if not said.unsettled:
            break
    if "converges" in ended.surroundings.assertions and said.outcome is not Outcome.PASSED:
        says = said.finding.says if said.finding else said.outcome
        raise BadAssignment(f"{declared_at(check)}: the solution does not pass {check.name}: {says}")
    return record


def _calibrated(check: Check, recorded: Sequence[Recorded]) -> Iterator[Calibrated]:
    """Each loss of one check.

    Raises:
        BadAssignment: The solution does not learn.
    """
    for name in dict.fromkeys(one.name for one in recorded):
        ours = [one for one in recorded if one.name == name]
        bad = [one.loss for one in ours if not math.isfinite(one.loss)]
        if bad:
            raise BadAssignment(
                f"{declared_at(check)}: {len(bad)} of {len(ours)} runs of the solution end in NaN or infinite numbers"
            )
        first = ours[0]
        standard = standard_of([one.loss for one in ours])
        bound, trivial = standard.quantiles[first.rule.quantile], min(one.trivial for one in ours)
        if bound > BARELY * trivial:
            raise BadAssignment(
                f"{declared_at(check)}: {100 * first.rule.quantile:g} % of the solution's runs reach a {name} of "
                f"{bound:.4g}, hardly below the trivial {trivial:.4g}: train it longer, or ask less of it"
            )
        yield Calibrated(name, check.name, first.calibration, standard, first.rule, first.training)


def _write(found: Sequence[Calibrated], assignment: Assignment, seed: int) -> None:
    """The files that the checks name.

    Raises:
        BadAssignment: Two losses have one name, or a file would lie elsewhere than beside the checks.
    """
    assert assignment.solution is not None, "calibrate has looked"
    files: dict[Path, dict[str, Calibrated]] = {}
    for one in found:
        if one.file.resolve().parent != assignment.folder.resolve():
            raise BadAssignment(f"{one.check}: {shown(one.file)} does not lie in {shown(assignment.folder)}")
        losses = files.setdefault(one.file, {})
        if one.name in losses:
            raise BadAssignment(
                f"{losses[one.name].check} and {one.check} both call their loss {one.name!r}: give one another name="
            )
        losses[one.name] = one
    for file, losses in files.items():
        entries = {
            name: entry(one.standard, one.rule, check=one.check, training=one.training) for name, one in losses.items()
        }
        file.write_text(
            to_json(solution=digest_of_text(assignment.solution), seed=seed, entries=entries), encoding="utf-8"
        )


def lines(found: Sequence[Calibrated]) -> Iterator[str]:
    """What was found, for people."""
    for one in found:
        rate, low, high = one.standard.false_fail(one.rule)
        bound = one.standard.quantiles[one.rule.quantile]
        yield (
            f"{one.check}: {one.name} at most {bound:.4g} (median {one.standard.quantiles[0.5]:.4g}), "
            f"{one.standard.runs:,} runs of the solution"
        )
        yield f"  passes: {one.rule}"
        yield f"  right training fails with probability {rate:.2g} (95 % confidence: {low:.2g} to {high:.2g})"
    for file in dict.fromkeys(one.file for one in found):
        yield f"written: {shown(file)}"
