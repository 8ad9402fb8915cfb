"""Does a gradient carry the noise of differences? Exact methods are right to the last digits; differences are not.

The noise is that of Moré and Wild's ECNoise: high differences of the values at points so near to each other that any
smooth function is a straight line there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from grader.checks.arrays import Array

# Exact methods leave 6e-17 to 3e-16 of the gradient, deep chains some 1e-15, and a formula that cancels a hundred times
# as much. Forward differences leave 6e-10 and more, central ones 7e-12, those of the fourth order 5e-14, mostly 5e-13.
NOISE = 1e-13
OF_SINGLE = 1e-9  # what single precision leaves as well, 1e-8: such noise proves nothing, and the cost has to decide
NEAR = 1e-9  # between two points, relative to the point
FAR = 1e-4  # over which a slope of the gradient is seen well
POINTS = range(-3, 4)
ORDER = 6
BENT = 1e-3  # of the gradient: with less slope than that it may as well be constant
ASTRAY = 0.05


@dataclass(frozen=True, slots=True)
class Noise:
    """What was found about a gradient near one point; `astray`: it does not follow when the point moves a little."""

    level: float
    astray: bool
    single: bool  # it may be computed in single precision, so that nothing can be told

    @property
    def exact(self) -> bool:
        """Whether no differences show."""
        return self.single or (self.level <= NOISE and not self.astray)


def noise_of(gradient: Callable[[Array], Array], x: Array, rng: np.random.Generator) -> Noise:
    """The noise of `gradient` near x along a random direction, relative to the size of its entries: 7 to 10 calls."""
    d = rng.standard_normal(x.shape) * (float(np.sqrt(np.mean(x**2))) or 1.0)
    raw = [gradient(x + k * NEAR * d) for k in POINTS]
    near = np.array([np.ravel(g).astype(np.float64) for g in raw])
    middle = near[len(near) // 2]
    there = np.abs(middle) > 0
    if raw[0].dtype != np.float64 or bool(np.all(middle == middle.astype(np.float32))) or not np.any(there):
        return Noise(0.0, astray=False, single=True)
    size = float(np.median(np.abs(middle[there])))
    level = float(np.median(_noise(near)[there])) / size
    astray = level <= NOISE and _astray(gradient, x, d, near, there, size)
    if level <= NOISE and not astray:
        return Noise(level, astray=False, single=False)
    narrow = np.ravel(gradient(x.astype(np.float32).astype(np.float64)))
    return Noise(level, astray, single=level > OF_SINGLE or bool(np.array_equal(narrow, middle)))


def _astray(gradient: Callable[[Array], Array], x: Array, d: Array, near: Array, there: Array, size: float) -> bool:
    """Whether the gradient's slope between the near points is not the one that it has between far ones."""
    far = [np.ravel(gradient(x + sign * FAR * d)).astype(np.float64) for sign in (1, -1)]
    steep = (far[0] - far[1]) / (2 * FAR)
    slope = (near[-1] - near[0]) / ((len(near) - 1) * NEAR)
    bent = float(np.median(np.abs(steep[there])))
    return bool(bent > BENT * size and np.median(np.abs(slope - steep)[there]) > ASTRAY * bent)


def _noise(values: Array) -> Array:
    """The noise of each column, from its differences of order 6."""
    gamma = 1.0
    for k in range(1, ORDER + 1):
        values = np.diff(values, axis=0)
        gamma *= 0.5 * k / (2 * k - 1)
    return np.asarray(np.sqrt(gamma * np.mean(values**2, axis=0)))
