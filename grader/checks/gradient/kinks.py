"""Kinks: where the derivatives to the left and to the right differ, whatever lies between them may be called right."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grader.checks.arrays import Array

ROOT10 = float(np.sqrt(10.0))  # the ratio of neighbouring steps
SEEN = 24.0  # times e/h: a jump above it is not noise; 4 standard deviations of what extrapolation leaves, 6 e/h
TURN = 1e-5  # of ‖g∘v‖: a jump below it is no kink that matters
FALLS = 0.33  # curvature makes the jump fall by √10 per step; what falls less is a kink
DECIDED = 0.5  # of the kink's own jump: finer steps count only where it would have stood out by as much


@dataclass(frozen=True, slots=True, eq=False)
class Jumps:
    """What one-sided residuals say about kinks. `finest` is the finest step at which one shows, -1 where none does."""

    jumps: Array  # of the limits h → 0, by one extrapolation: entry k from the steps k and k + 1
    noise: Array  # 24 e/h
    finest: int

    @property
    def kink(self) -> bool:
        """Whether there is one."""
        return self.finest >= 0

    def beyond(self, k: int) -> bool:
        """Whether step `k` is finer than the kink, so fine that the kink would have been seen there."""
        if not self.kink:
            return True
        last = min(k, len(self.jumps) - 1)
        return k > self.finest and bool(self.noise[last] < DECIDED * abs(self.jumps[self.finest]))

    def unexplained(self, k: int) -> float:
        """How far the jump at step `k` exceeds a quarter of what counts as seen."""
        last = min(k, len(self.jumps) - 1)
        return max(0.0, float(abs(self.jumps[last]) - self.noise[last] / 4))


@dataclass(frozen=True, slots=True)
class Hull:
    """The interval between the one-sided residuals: right is any gradient for which it holds 0."""

    low: float
    high: float
    error: float

    def holds_zero(self, tolerance: float) -> bool:
        """Whether 0 lies inside, or within the tolerance beside it."""
        return self.low - tolerance <= 0.0 <= self.high + tolerance


def jumps(h: Array, right: Array, left: Array, noise: float, size: float) -> Jumps:
    """Find kinks in the residuals `right` and `left` at the steps `h`, each √10 finer than the last.

    J(h) = right - left is J₀ + O(h), so J₀ ≈ (√10·J(h/√10) - J(h))/(√10 - 1). A kink shows where |J₀| > 24 e/h +
    1e-5·‖g∘v‖ at two neighbouring steps and does not fall like curvature.
    """
    difference = right - left
    limits = (ROOT10 * difference[1:] - difference[:-1]) / (ROOT10 - 1)
    seen = SEEN * noise / h[1:]
    shows = np.abs(limits) > seen + TURN * size
    shows[1:] &= shows[:-1]
    for k in range(1, len(limits)):
        if shows[k] and abs(limits[k]) < FALLS * abs(limits[k - 1]):
            shows[k] = False
    return Jumps(limits, seen, int(np.flatnonzero(shows)[-1]) if shows.any() else -1)


def hull(h: Array, right: Array, left: Array, noise: float) -> Hull:
    """The one-sided residuals where they change least from one step to the next."""
    change = np.maximum(np.abs(np.diff(right)), np.abs(np.diff(left))) + 3 * noise / h[1:]
    k = int(np.argmin(change))
    ends = float(right[k + 1]), float(left[k + 1])
    return Hull(min(ends), max(ends), float(change[k]))
