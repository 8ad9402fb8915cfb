"""The Jacobian by coordinates: fourth-order central differences, the step chosen for each coordinate by its error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grader.checks.arrays import Array
from grader.checks.gradient.groups import scale_of
from grader.checks.gradient.kinks import FALLS, SEEN
from grader.checks.gradient.ladder import WEIGHT
from grader.checks.gradient.point import Site
from grader.checks.gradient.problem import Params, changed

STEPS = (1e-3, 1e-4, 1e-1, 1e-2, 1e-5, 1e-6)  # of the coordinate's size, likeliest first
STEPS_LOW = (3e-2, 1e-1, 1e-2)
STENCIL = (2, 1, -1, -2)
GOOD = 1e-6  # relative error at which no other step is tried
TRUNCATION = 1 / 30  # of the difference between second and fourth order: an upper bound of what the fourth leaves
KINKED = 1e-2  # relative: where the orders differ by more the function is not smooth, and their difference is the error
ONE_SIDED = (1e-5, 1e-6)  # of the coordinate's size
AT_ONCE = 64  # coordinates whose values are asked for together


@dataclass(frozen=True, slots=True, eq=False)
class Numeric:
    """Rows of the Jacobian in denominator layout: `rows[k]` is df/dx_i, i = index[k], of f's shape; NaN where unknown.

    `error` bounds what each entry may be off by.
    """

    index: Array
    rows: Array
    error: Array

    def along(self, upstream: Array) -> tuple[Array, Array]:
        """The gradient of sum(R·f) at these coordinates, and how far each may be off."""
        rows, error = (part.reshape(len(self.index), -1) for part in (self.rows, self.error))
        largest = float(np.max(np.abs(upstream), initial=0.0))
        return rows @ upstream.ravel(), error.max(axis=1, initial=0.0) * max(1.0, largest)


def differentiate(site: Site, a: int, index: Array) -> Numeric:
    """df/dx for the coordinates `index` of array `a`.

    d₄ = (8(f₁ - f₋₁) - (f₂ - f₋₂))/12h and d₂ = (f₁ - f₋₁)/2h; the step is that with the least |d₄ - d₂|/30 + 1.5 e/h.
    """
    shape = site.point.value.shape
    rows, error = np.full((len(index), *shape), np.nan), np.full((len(index), *shape), np.inf)
    left = np.arange(len(index))
    for step in STEPS_LOW if site.low else STEPS:
        for k in range(0, len(left), AT_ONCE):
            some = left[k : k + AT_ONCE]
            for place, (row, e) in zip(some, _differences(site, a, index[some], step), strict=True):
                if np.max(e, initial=0.0) < np.max(error[place], initial=0.0):
                    rows[place], error[place] = row, e
        sizes = np.nanmax(np.abs(rows.reshape(len(index), -1)), axis=1, initial=0.0)
        left = np.flatnonzero(~(error.reshape(len(index), -1).max(axis=1, initial=0.0) <= GOOD * sizes))
        if not len(left):
            break
    return Numeric(index, rows, error)


def _differences(site: Site, a: int, index: Array, step: float) -> list[tuple[Array, Array]]:
    h = step * _sizes(site.point.params[a])[index]
    points = _moved(site, a, index, step, STENCIL)
    values = [value.astype(np.float64) for value in site.problem.values(points, site.point.value)]
    with np.errstate(all="ignore"):
        return [_row(site, values[4 * k : 4 * k + 4], hi) for k, hi in enumerate(h)]


def _moved(site: Site, a: int, index: Array, step: float, stencil: tuple[int, ...]) -> list[Params]:
    """The points where one coordinate after the other is moved by each multiple of its step."""
    x, points = site.point.params[a], []
    for i, h in zip(index, step * _sizes(x)[index], strict=True):
        for times in stencil:
            moved = x.ravel().copy()
            moved[i] += times * h
            points.append(changed(site.point.params, a, moved.reshape(x.shape)))
    return points


def _row(site: Site, values: list[Array], h: float) -> tuple[Array, Array]:
    above2, above1, below1, below2 = values
    second = (above1 - below1) / (2 * h)
    fourth = (8 * (above1 - below1) - (above2 - below2)) / (12 * h)
    if not np.all(np.isfinite(fourth)):
        return fourth, np.full(fourth.shape, np.inf)
    apart, size = np.abs(fourth - second), float(np.max(np.abs(fourth), initial=0.0))
    return fourth, np.where(apart <= KINKED * size, TRUNCATION, 1.0) * apart + WEIGHT * _noise(site) / h


def one_sided(site: Site, a: int, index: Array) -> tuple[Array, Array]:
    """The lower and the higher of both one-sided derivatives, entry by entry, where there is a kink; NaN elsewhere.

    A kink is a jump that is above the noise at both steps and falls less than threefold from one to the next, tenfold
    shorter; curvature falls tenfold.
    """
    x, value = site.point.params[a], site.point.value
    right, left = (np.full((len(ONE_SIDED), len(index), *value.shape), np.nan) for _ in range(2))
    for k, step in enumerate(ONE_SIDED):
        for start in range(0, len(index), AT_ONCE):
            some = index[start : start + AT_ONCE]
            h = (step * _sizes(x)[some]).reshape(-1, *[1] * value.ndim)
            values = np.array(site.problem.values(_moved(site, a, some, step, (1, -1)), value), np.float64)
            with np.errstate(all="ignore"):
                right[k, start : start + AT_ONCE] = (values[0::2] - value) / h
                left[k, start : start + AT_ONCE] = (value - values[1::2]) / h
    jump = np.abs(right - left)
    noise = SEEN * _noise(site) / (np.array(ONE_SIDED)[:, None] * _sizes(x)[index])
    with np.errstate(all="ignore"):
        kink = np.all(jump > noise.reshape(len(ONE_SIDED), -1, *[1] * value.ndim), axis=0) & (jump[1] > FALLS * jump[0])
    low, high = np.minimum(right[0], left[0]), np.maximum(right[0], left[0])
    return np.where(kink, low, np.nan), np.where(kink, high, np.nan)


def _noise(site: Site) -> float:
    """Of one value of f, not more than that of sum(R·f)."""
    rounding = [2 * site.point.unit * site.point.size(q) for q in range(len(site.point.upstreams))]
    return max(*site.noise, *rounding, 0.0)


def _sizes(x: Array) -> Array:
    """What each coordinate's step is measured by: its own size, within bounds set by the array's scale."""
    scale, sizes = scale_of(x), np.abs(x.astype(np.float64)).ravel()
    ordinary = np.clip(sizes, 0.3 * scale, scale)
    small = np.maximum(sizes, 1e-3 * scale)
    return np.where((sizes > 1e-3 * scale) | (sizes == 0), ordinary, small)
