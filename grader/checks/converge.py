"""`assert_converges`: training learns as well as the solution's does, by a loss that is computed here on fresh data.

It finds networks that do not learn. Most mistakes in a gradient it cannot find, since networks learn in spite of them:
that is what `assert_same_trajectory` is for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from copy import deepcopy
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import Any

import numpy as np

from grader.checks.arrays import fail
from grader.checks.calibration import Rule, Standard, digest_of_function, read
from grader.checks.context import context

BARELY = 0.95  # of the trivial loss: above it nothing is learnt that a guess does not know
DIVERGED = 10  # times the trivial loss


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """One training: what the student's function is given, and how what it returns is judged.

    Attributes:
        given: The arguments, passed by position; copies.
        options: Keyword arguments.
        loss: The loss of what came back, parameters or predictions, on data that was not given. Below is better.
        trivial: The loss of whoever ignores the inputs, as log(C) for C classes that are equally frequent.
        curve: A series to keep as evidence, from what came back. It is never judged.
    """

    given: Sequence[object]
    loss: Callable[[Any], Any]
    trivial: float
    options: Mapping[str, object] = field(default_factory=dict)
    curve: Callable[[Any], Any] | None = None


SetUp = Callable[[np.random.Generator], Training]


def assert_converges(
    train: Callable[..., object],
    training: SetUp,
    *,
    calibration: Path,
    name: str = "loss",
    passes: int = 2,
    of: int = 3,
    quantile: float = 0.99,
) -> None:
    """With `passes` of `of` seeds the loss is at most the quantile that the solution's losses have in `calibration`.

    Args:
        train: The student's function.
        training: Sets up one training with data from the generator that it gets, another each time.
        calibration: The file that `grade calibrate` has made, beside checks.py.
        name: Of this loss in that file; no two calls may share it.
        passes: So many seeds must reach the quantile.
        of: So many seeds are tried; no more than it takes to know.
        quantile: 0.5, 0.75, 0.9, 0.95 or 0.99.

    Raises:
        CheckFailed: Training ends in NaN, diverges, learns nothing, or less than it should.
        ValueError: The file is missing, stale, or says nothing of `name`: a bug of the assignment, and `grade
            calibrate` mends it.
    """
    context().assertions.append("converges")
    rule = Rule(passes, of, quantile)
    record = _recording.get()
    if record is not None:
        for _ in range(of):
            run = _run(train, training, name)
            loss = run.loss if run.finite else math.nan
            record.append(Recorded(name, loss, run.trivial, rule, calibration, digest_of_function(training)))
        return
    standard = read(calibration, name, training)
    bound = standard.quantiles[quantile]
    runs: list[_Run] = []
    while _undecided(runs, bound, rule):
        runs.append(_run(train, training, name, kept=len(runs) + 1))
    _note(runs, standard, rule, name)
    if _reached(runs, bound) < passes:
        _fail(runs, standard, rule)


# --------------------------------------------------------------------------------------------------- recording


@dataclass(frozen=True, slots=True)
class Recorded:
    """The loss of one training by the solution, NaN if anything else that came back is."""

    name: str
    loss: float
    trivial: float
    rule: Rule
    calibration: Path
    training: str | None  # the digest of what set it up


_recording: ContextVar[list[Recorded] | None] = ContextVar("recorded losses", default=None)


@contextmanager
def recording() -> Iterator[list[Recorded]]:
    """Meanwhile `assert_converges` judges nothing, and leaves its losses in the list."""
    record: list[Recorded] = []
    token = _recording.set(record)
    try:
        yield record
    finally:
        _recording.reset(token)


# -------------------------------------------------------------------------------------------------------- runs


class _How(IntEnum):
    """How a training went wrong, from bad to worse."""

    TOO_LITTLE = 0
    NOTHING = 1
    DIVERGED = 2
    NAN = 3


@dataclass(frozen=True, slots=True)
class _Run:
    loss: float
    trivial: float
    finite: bool  # whether all numbers that came back are

    @property
    def how(self) -> _How:
        if not self.finite or not math.isfinite(self.loss):
            return _How.NAN
        if self.loss > DIVERGED * self.trivial:
            return _How.DIVERGED
        return _How.NOTHING if self.loss > BARELY * self.trivial else _How.TOO_LITTLE


def _run(train: Callable[..., object], training: SetUp, name: str, *, kept: int | None = None) -> _Run:
    """Train once. An exception over what came back leaves here: the engine finds out whose fault it is."""
    once = training(context().rng(f"training {name}"))
    if not (math.isfinite(once.trivial) and once.trivial > 0):
        raise ValueError(f"assert_converges: the trivial loss is a number above zero, not {once.trivial}")
    answer = train(*deepcopy(list(once.given)), **deepcopy(dict(once.options)))
    if kept is not None and once.curve is not None:
        _keep_curve(f"{name}: curve {kept}", once.curve, answer)
    with np.errstate(all="ignore"):  # what diverged overflows
        loss = np.asarray(once.loss(answer))
    if loss.shape != () or loss.dtype.kind not in "biuf":
        raise ValueError(f"assert_converges: the loss of a training is one real number, not {loss.dtype} {loss.shape}")
    return _Run(float(loss), once.trivial, _finite(answer))


def _keep_curve(name: str, curve: Callable[[Any], Any], answer: object) -> None:
    """A student may return anything for one; what is no series is left out, since it is not judged."""
    try:
        context().note(name, np.asarray(curve(answer), dtype=np.float64).ravel())
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError):
        context().evidence.pop(name, None)


def _finite(answer: object) -> bool:
    if isinstance(answer, Mapping):
        return all(_finite(item) for item in answer.values())
    if isinstance(answer, list | tuple):
        return all(_finite(item) for item in answer)
    if isinstance(answer, np.ndarray | float | complex):
        array = np.asarray(answer)
        return array.dtype.kind not in "fc" or bool(np.all(np.isfinite(array)))
    return True


def _reached(runs: Sequence[_Run], bound: float) -> int:
    return sum(run.finite and run.loss <= bound for run in runs)


def _undecided(runs: Sequence[_Run], bound: float, rule: Rule) -> bool:
    reached = _reached(runs, bound)
    return reached < rule.passes and len(runs) - reached <= rule.of - rule.passes


# ----------------------------------------------------------------------------------------------------- verdict


def _note(runs: Sequence[_Run], standard: Standard, rule: Rule, name: str) -> None:
    rate, _low, high = standard.false_fail(rule)
    note = context().note
    note(f"{name}: with each seed", [run.loss for run in runs])
    note(f"{name}: threshold", standard.quantiles[rule.quantile])
    note(f"{name}: trivial baseline", runs[0].trivial)
    note(f"{name}: probability that right training fails", rate)
    note(f"{name}: that probability at most (95 % confidence)", high)


def _fail(runs: Sequence[_Run], standard: Standard, rule: Rule) -> None:
    bound = standard.quantiles[rule.quantile]
    missed = [run for run in runs if not (run.finite and run.loss <= bound)]
    worst = max(missed, key=lambda run: run.how)
    says = {
        _How.NAN: "training ends in NaN or infinite numbers",
        _How.DIVERGED: f"training diverges: it ends far above the trivial baseline, {worst.trivial:.4g}",
        _How.NOTHING: f"training is no better than the trivial baseline, {worst.trivial:.4g}: it learns nothing",
        _How.TOO_LITTLE: "training learns less than it should",
    }[worst.how]
    rate, _low, high = standard.false_fail(rule)
    fail(
        says,
        expected=f"a loss of at most {bound:.4g} on fresh data with {rule.passes} of {rule.of} seeds, as "
        f"{100 * rule.quantile:g} % of {standard.runs:,} runs of the solution; right training fails this with "
        f"probability {rate:.2g} (at most {high:.2g}, with 95 % confidence)",
        got=", ".join(f"{run.loss:.4g}" for run in runs),
    )
