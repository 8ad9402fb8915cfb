"""How noisy the function's values are: ECNoise, the difference table of Moré and Wild (SIAM J. Sci. Comput., 2011)."""

from __future__ import annotations

import numpy as np

from grader.checks.arrays import Array
from grader.checks.gradient.groups import scale_of
from grader.checks.gradient.point import Point
from grader.checks.gradient.problem import SINGLE, Params, Problem

STEPS = range(-3, 5)
ROUNDS = 4
FIRST_STEP, FIRST_STEP_LOW = 1e-10, 1e-5
AWAY = 1e-3  # from the point, where a kink would be taken for noise
ALIKE = 4.0  # levels within this factor of each other show noise, not curvature


def estimate(problem: Problem, point: Point, rng: np.random.Generator) -> tuple[float, ...]:
    """The noise of sum(R·f), per upstream gradient.

    From the values at b + j·h·d, j = -3..4, where b lies 1e-3 beside the point. Where half of the neighbours are equal
    the step is too short to show anything, and grows a hundredfold; where a value is not finite it shrinks.
    """
    d = tuple(rng.normal(size=x.shape) * _size(x) for x in point.params)
    base = tuple(x + AWAY * rng.uniform(0.5, 1) * dx for x, dx in zip(point.params, d, strict=True))
    h = FIRST_STEP if point.unit < SINGLE else FIRST_STEP_LOW
    found = np.zeros(len(point.upstreams))
    for _ in range(ROUNDS):
        series = _series(problem, point, base, d, h)
        if not np.all(np.isfinite(series)):
            h /= 100
            continue
        found = np.maximum(found, [level(values) for values in series])
        if not any(_too_short(values) for values in series):
            break
        h *= 100
    return tuple(float(e) for e in found)


def _size(x: Array) -> Array:
    scale, sizes = scale_of(x), np.abs(x.astype(np.float64))
    return np.where(sizes > 0, np.minimum(sizes, scale), scale)


def _series(problem: Problem, point: Point, base: Params, d: Params, h: float) -> Array:
    """One row of values of sum(R·(f - f(x))) per upstream gradient."""
    points = [
        tuple((b + j * h * dx).astype(x.dtype) for x, b, dx in zip(point.params, base, d, strict=True)) for j in STEPS
    ]
    with np.errstate(all="ignore"):
        moved = [value.astype(np.float64) - point.value for value in problem.values(points, point.value)]
        return np.array([[float(np.sum(R * change)) for change in moved] for R in point.upstreams])


def _too_short(values: Array) -> bool:
    return int(np.sum(np.diff(values) == 0)) >= len(values) // 2


def level(values: Array) -> float:
    """The standard deviation of the noise in equally spaced values of a smooth function; 0 where none shows.

    The k-th differences of noise ε have variance ε²·(2k)!/(k!)², those of a smooth function vanish as k grows. The
    first of three levels that agree within a factor of 4, and whose differences change sign, is the answer.
    """
    differences, gamma = values, 1.0
    levels: list[float] = []
    alternates: list[bool] = []
    for k in range(1, len(values) - 1):
        differences = np.diff(differences)
        gamma *= k / (2 * (2 * k - 1))  # (k!)²/(2k)!
        levels.append(float(np.sqrt(gamma * np.mean(differences**2))))
        alternates.append(bool(differences.min() < 0 < differences.max()))
    for k in range(len(levels) - 2):
        three = levels[k : k + 3]
        if alternates[k] and max(three) <= ALIKE * min(three):
            return levels[k]
    return min(levels[3:]) if alternates[-1] else 0.0
