"""From differences at many steps to the residual at none, with an estimate of its error.

With h = 10^(-k/2) the central residual is r(h) = r + c₂h² + c₄h⁴ + ... + noise/h: h² falls tenfold per step, so
Richardson's extrapolation is T₁ = (10·r(k+1) - r(k))/9 and T₂ = (100·T₁(k+1) - T₁(k))/99.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grader.checks.arrays import Array
from grader.checks.gradient.kinks import Hull, Jumps, hull, jumps
from grader.checks.gradient.problem import SINGLE

HALF_DECADES = 23  # steps from 1 to 1e-11
HALF_DECADES_LOW = 12  # to 3e-6, for float32
FEWEST = 4  # finite values at neighbouring steps, without which nothing is extrapolated
LONG = 3.0  # times ‖R∘f‖/‖g∘v‖: a longer step changes the function by more than itself
SHORTEST_START, SHORTEST_START_LOW = 1e-6, 1e-3
FEWEST_LOW = 8
TAIL, TAIL_LOW = 1e-6, 1e-2  # steps so short that changes of the residual are noise
TAIL_FEWEST = 5
WEIGHT = 1.5  # of e/h in the error
FRACTION = 0.1  # of the change from the step before: what an extrapolation may have gained by luck
SMOOTH_ENOUGH = 1e-3  # of ‖g∘v‖: an error beyond the kink that leaves no need for a hull


@dataclass(frozen=True, slots=True)
class Step:
    """Residuals to the right and to the left at one step, and the central difference itself."""

    right: float
    left: float
    derivative: float

    @property
    def central(self) -> float:
        """The mean of both."""
        return (self.right + self.left) / 2


@dataclass(frozen=True, slots=True)
class Estimate:
    """A residual, how far it may be off, and the derivative of which it is the residual."""

    error: float
    residual: float
    derivative: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What a ladder says: the best estimate, or, at a kink that no step undercuts, the hull."""

    best: Estimate
    hull: Hull | None
    kink: bool
    noise: float


@dataclass(frozen=True, slots=True)
class Scales:
    """What a ladder is measured by: sizes of R·f and of g∘v, the noise of R·f, the unit of rounding of f's values."""

    value: float
    size: float
    noise: float
    unit: float
    low: bool

    @property
    def rounding(self) -> float:
        """The least noise there can be, whatever the estimate says."""
        return 2 * self.unit * self.value + self.unit * 1e-3 * min(1.0, self.value + self.size)


def steps(scales: list[Scales]) -> list[float]:
    """The steps to try, longest first, none so long that the function changes by more than three times itself."""
    low = any(s.low for s in scales)
    coarse = any(s.unit > SINGLE for s in scales)
    every = [10 ** (-k / 2) for k in range(HALF_DECADES_LOW if coarse else HALF_DECADES)]
    longest = min([LONG * s.value / s.size for s in scales if s.size > 0] + [1.0])
    longest = max(longest, SHORTEST_START_LOW if low else SHORTEST_START)
    chosen = [h for h in every if h <= longest * 1.01]
    missing = FEWEST_LOW - len(chosen) if low else 0
    return chosen + [chosen[-1] * 10 ** (-k / 2) for k in range(1, missing + 1)]


def read(h: list[float], taken: list[Step | None], scales: Scales) -> Reading | None:
    """What the steps say, None of them standing for a value that was not finite; None where they are too few."""
    run = _longest_run(taken)
    if len(run) < FEWEST:
        return None
    at = np.array([h[k] for k in run])
    there = [step for k in run if (step := taken[k]) is not None]
    right, left = np.array([s.right for s in there]), np.array([s.left for s in there])
    noise = _noise(at, (right + left) / 2, scales)
    turns = jumps(at, right, left, noise, scales.size)
    every = _estimates(at, there, noise, turns, scales.low)
    smooth = [estimate for k, estimate in every if turns.beyond(k)]
    best = min(smooth or [estimate for _, estimate in every], key=lambda estimate: estimate.error)
    between = hull(at, right, left, noise) if turns.kink and not _undercut(smooth, turns, scales.size) else None
    return Reading(best, between, turns.kink, noise)


def _longest_run(taken: list[Step | None]) -> list[int]:
    """The longest run of neighbouring steps that have values; of equal ones the finest."""
    runs: list[list[int]] = []
    for k, step in enumerate(taken):
        if step is None:
            continue
        if runs and runs[-1][-1] == k - 1:
            runs[-1].append(k)
        else:
            runs.append([k])
    return max(runs, key=lambda run: (len(run), run[-1])) if runs else []


def _noise(h: Array, central: Array, scales: Scales) -> float:
    """The largest of: rounding, twice the estimate by ECNoise, and what the residual itself shows at short steps."""
    scatter = h[1:] * np.abs(np.diff(central))
    scatter = scatter[h[1:] <= (TAIL_LOW if scales.low else TAIL)]
    shown = 2 * float(np.median(scatter)) if scatter.size >= TAIL_FEWEST else 0.0
    return max(scales.rounding, 2 * scales.noise, shown)


def _estimates(h: Array, taken: list[Step], noise: float, turns: Jumps, low: bool) -> list[tuple[int, Estimate]]:
    """Every entry of the extrapolation with a neighbour on both sides, and the place of its longest step."""
    found = []
    column = np.array([step.central for step in taken])
    for order in range(3):
        if order:
            weight = 10.0**order
            column = (weight * column[1:] - column[:-1]) / (weight - 1)
        for k in range(1, len(column) - 1):
            error = max(abs(column[k] - column[k + 1]), FRACTION * abs(column[k] - column[k - 1]))
            error += WEIGHT * noise / h[k + order]
            if low:
                error += turns.unexplained(k) / 2
            found.append((k, Estimate(float(error), float(column[k]), taken[k + order].derivative)))
    return found


def _undercut(smooth: list[Estimate], turns: Jumps, size: float) -> bool:
    """Whether steps finer than the kink say enough about the smooth function beside it."""
    if not smooth:
        return False
    error = min(estimate.error for estimate in smooth)
    return error <= SMOOTH_ENOUGH * size and error * 8 <= 0.3 * abs(turns.jumps[turns.finest])
