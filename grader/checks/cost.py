"""`assert_cost`: a gradient costs a few evaluations of its function, however many inputs there are.

That is what reverse mode is for. Differences, complex steps and forward mode cost as many evaluations as there are
inputs, also when one vectorised pass makes them all. What decides is the CPU time that the kernel accounts to the
submission's processes, and the last digits of the gradient; nothing that is counted where student code could count.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, NoReturn

import numpy as np

from grader.checks.arrays import Array, as_numbers, fail, show
from grader.checks.context import context
from grader.checks.measure import Measurable, measured, memory_of
from grader.checks.noise import noise_of

# A call through the wall takes a quarter of a millisecond of CPU time by itself; what takes less tells nothing.
LEAST_NS = 200_000
STEEP = 0.5  # the exponent of the cost's growth: 0 in reverse mode, 1 in all others
FEW = 8.0  # evaluations: what costs less is reverse mode, or too small to tell from it
HOPELESS = 4.0  # times `most`: no busy machine makes right code look so slow
LARGEST, SPREAD, SIZES = 256, 16, 3
ROUNDS, FEWER = 7, 3
LONG_NS = 200_000_000
STEP = 1e-4  # of the differences that tell a gradient from nonsense
NONSENSE = 0.05  # relative; whether a gradient is right is for assert_gradient
MIB = 1 << 20
MEMORY = 8 * MIB  # less than that is nothing
MEMORY_GROWTH = 2.0  # times as fast as the data

NEEDED = "memory of a gradient in MiB, by size"
RATIOS = "evaluations per gradient, by size"
GROWTH = "evaluations per gradient: exponent of their growth"
MEASURED = frozenset({NEEDED, RATIOS, GROWTH})  # evidence that no two runs have alike


def assert_cost(
    gradient: Callable[..., object],
    *,
    of: Callable[..., object],
    at: Callable[[int], Any],
    sizes: Sequence[int] = (64, 256, 1024),
    most: float = 30.0,
) -> None:
    """`gradient` is reverse mode: its cost in evaluations of `of` does not grow with the number of inputs.

    Called `gradient(*at(n))`, it returns the gradient of the scalar `of(*at(n))` by the first argument. Each call is
    made at another point, and answers that are not gradients do not count.

    Args:
        gradient: The student's function.
        of: What it differentiates: your own function had best be given, since a student could slow their own down.
        at: Draws a point for n inputs: an array, or a tuple of arguments whose first is differentiated by.
        sizes: Three or more, growing 16-fold or more in all, the last at least 256.
        most: How many evaluations a gradient may cost at the last size.

    Raises:
        CheckFailed: It is not reverse mode, or what it returns is no gradient.
        ValueError: The sizes or points do not fit, or `of` is not a finite number: a bug of the check.
    """
    context().assertions.append("cost")
    _assert_sizes(sizes)
    trial = _Trial(gradient, of, at, tuple(sizes), most)
    _assert_exact(trial)
    _assert_memory(trial)
    for _ in range(ROUNDS):
        for n in sizes:
            trial.measure(n)
        last = trial.ratio(sizes[-1])
        enough = len(trial.right[sizes[0]]) >= FEWER
        if last > HOPELESS * most or (enough and max(trial.spent[sizes[-1]]) > LONG_NS):
            break
    _judge(trial)


def _assert_sizes(sizes: Sequence[int]) -> None:
    grows = all(one < other for one, other in itertools.pairwise(sizes))
    if len(sizes) < SIZES or not grows or sizes[-1] < max(LARGEST, SPREAD * sizes[0]) or sizes[0] < 1:
        raise ValueError(
            f"assert_cost needs {SIZES} sizes or more, growing {SPREAD}-fold up to {LARGEST} or more, not {sizes}"
        )


# ---------------------------------------------------------------------------------------------------- measuring


@dataclass(frozen=True, slots=True)
class _Trial:
    """The functions, and what was measured of them so far, by size: CPU times of gradients, and their ratios."""

    gradient: Callable[..., object]
    of: Callable[..., object]
    at: Callable[[int], Any]
    sizes: tuple[int, ...]
    most: float
    spent: dict[int, list[int]] = field(default_factory=dict)
    right: dict[int, list[bool]] = field(default_factory=dict)
    ratios: dict[int, list[float]] = field(default_factory=dict)

    def point(self, n: int) -> tuple[Any, ...]:
        """Arguments, the first a new array of float64."""
        drawn = self.at(n)
        first, *rest = drawn if isinstance(drawn, tuple) else (drawn,)
        if not isinstance(first, np.ndarray) or first.dtype != np.float64 or first.size < 1:
            raise ValueError(f"assert_cost: at({n}) gives no array of float64 to differentiate by, but {show(first)}")
        return first, *rest

    def slope_of(self, answer: object, x: Array) -> Array:
        """What was returned as a gradient: an array like x, finite."""
        got = as_numbers(answer, name="the gradient", expected=f"shape {x.shape}")
        if got.shape != x.shape:
            fail("the gradient has the wrong shape", expected=f"shape {x.shape}", got=f"shape {got.shape}")
        if got.dtype.kind == "c" or not np.all(np.isfinite(got)):
            fail("the gradient is not made of finite real numbers", got=show(got))
        return got

    def measure(self, n: int) -> None:
        """One gradient at a new point, and two evaluations beside it, which also tell whether it is one."""
        x, *rest = self.point(n)
        v = context().rng("cost").standard_normal(x.shape)
        step = STEP * (float(np.sqrt(np.mean(x**2))) or 1.0)
        answer, cost = measured(self.gradient, x.copy(), *rest)
        g = self.slope_of(answer, x)
        ends, times = [], []
        for sign in (1, -1):
            value, its = measured(self.of, x + sign * step * v, *rest)
            ends.append(self.value(value))
            times.append(its.cpu_ns)
        error = abs(float(np.sum(g * v)) - (ends[0] - ends[1]) / (2 * step))
        right = error <= NONSENSE * float(np.linalg.norm(g)) + STEP * STEP
        self.right.setdefault(n, []).append(right)
        self.spent.setdefault(n, []).append(cost.cpu_ns)
        if right:
            self.ratios.setdefault(n, []).append(max(cost.cpu_ns, 1) / max(sum(times) / 2, LEAST_NS))

    def value(self, value: object) -> float:
        """Of `of`."""
        array = np.asarray(value)
        if array.dtype.kind not in "buif" or array.size != 1 or not np.all(np.isfinite(array)):
            says = "the function's value is not one finite number"
            if isinstance(self.of, Measurable):
                fail(says, got=show(value))
            raise ValueError(f"assert_cost: {says} ({show(value)})")
        return float(array.reshape(()))

    def ratio(self, n: int) -> float:
        """Evaluations that one gradient costs."""
        return median(self.ratios[n]) if self.ratios.get(n) else math.nan


# ------------------------------------------------------------------------------------------------------ judging


def _assert_exact(trial: _Trial) -> None:
    """No differences. At a kink any gradient jumps, so a second point is asked before anything is said."""
    found = None
    for _ in range(2):
        x, *rest = trial.point(trial.sizes[0])

        def gradient(at: Array, rest: list[Any] = rest) -> Array:
            return trial.slope_of(trial.gradient(at, *rest), at)

        found = noise_of(gradient, x, context().rng("cost"))
        context().note("the gradient's noise, relative", found.level)
        if found.exact:
            return
    assert found is not None, "two points were looked at"
    if found.astray:
        fail(
            "the gradient does not follow when its point moves a little",
            expected="another gradient at another point",
            got="the same, or one that was rounded or remembered",
        )
    fail(
        f"the gradient is made of differences: it is noise after {-math.log10(found.level):.0f} digits",
        expected="reverse mode, which leaves no more than rounding: 1e-16",
        got=f"noise of {found.level:.0e}, relative to the gradient",
    )


def _assert_memory(trial: _Trial) -> None:
    """Derivatives by all inputs at once need as many times the memory."""
    needs, data = [], []
    for n in trial.sizes:
        point = trial.point(n)
        needs.append(memory_of(trial.gradient, *point))
        data.append(sum(part.nbytes for part in point if isinstance(part, np.ndarray)))
    context().note(NEEDED, [need / MIB for need in needs])
    grown = (needs[-1] / max(needs[-2], MIB)) / (data[-1] / data[-2])
    if needs[-1] > max(MEMORY, FEW * data[-1]) and grown > MEMORY_GROWTH:
        fail(
            "the gradient needs memory for the derivatives by all inputs at once: this is forward mode",
            expected="reverse mode, whose memory grows as the data do",
            got=f"{needs[-2] / MIB:.0f} MiB for {trial.sizes[-2]} inputs, {needs[-1] / MIB:.0f} for {trial.sizes[-1]}",
        )


def _judge(trial: _Trial) -> None:
    sizes = trial.sizes
    for n in sizes:
        if not 2 * sum(trial.right[n]) > len(trial.right[n]):
            fail(f"what comes back for {n} inputs is not the gradient", expected="the gradient, to 5 % at least")
    ratios = [trial.ratio(n) for n in sizes]
    context().note(RATIOS, ratios)
    exponent = math.log(ratios[-1] / ratios[0]) / math.log(sizes[-1] / sizes[0])
    context().note(GROWTH, exponent)
    if not exponent <= STEEP and not ratios[-1] <= FEW:
        _fail("the cost of a gradient grows with the number of inputs", trial, ratios)
    if not ratios[-1] <= trial.most:
        _fail(f"a gradient costs more than {trial.most:g} evaluations", trial, ratios)


def _fail(says: str, trial: _Trial, ratios: list[float]) -> NoReturn:
    costs = ", ".join(f"{ratio:.3g} for {n}" for n, ratio in zip(trial.sizes, ratios, strict=True))
    fail(
        f"{says}: this is not reverse mode",
        expected="a few evaluations of the function per gradient, however many inputs there are",
        got=f"evaluations per gradient, by CPU time: {costs} inputs",
    )
