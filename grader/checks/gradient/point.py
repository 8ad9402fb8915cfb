"""A point and what is known there: the value, upstream gradients, the gradients that were answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.checks.arrays import Array
from grader.checks.gradient.groups import scale_of
from grader.checks.gradient.problem import DOUBLE, SINGLE, Params, Problem

NOISY = 1e-11  # noise above this share of the function's own size is not that of float64


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """Where the function was asked; numbers in float64 but for `params`.

    `gradients[q][a]` is what was answered for `upstreams[q]` by parameter `a`; `dtype` is that in which upstream
    gradients are passed.
    """

    params: Params
    value: Array
    upstreams: tuple[Array, ...]
    gradients: tuple[Params, ...]
    dtype: np.dtype[Any]
    unit: float = DOUBLE  # of rounding, of the value
    unit_of_gradients: float = DOUBLE

    @property
    def single(self) -> bool:
        """Whether values or gradients are in float32 or less."""
        return max(self.unit, self.unit_of_gradients) > SINGLE

    def size(self, q: int) -> float:
        """‖R∘f‖ for upstream gradient `q`."""
        return norm(self.upstreams[q] * self.value)

    def pull(self, q: int) -> float:
        """‖g∘x‖ over all parameters: how much the function changes if they do by themselves."""
        parts = [norm(g * x.astype(np.float64)) for g, x in zip(self.gradients[q], self.params, strict=True)]
        return norm(np.array(parts))

    def reach(self, q: int) -> float:
        """The larger of ‖R∘f‖ and ‖g∘x‖: what the function's noise is judged against."""
        return max(self.size(q), self.pull(q))


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """A point with what is needed to look around there."""

    problem: Problem
    point: Point
    noise: tuple[float, ...]  # of sum(R·f), per upstream gradient
    rng: np.random.Generator

    @property
    def low(self) -> bool:
        """Whether the function computes in less than float64, whatever its number format says."""
        if self.point.single:
            return True
        return any(e > NOISY * max(self.point.reach(q), 1e-300) for q, e in enumerate(self.noise))


def norm(x: Array) -> float:
    """The Euclidean norm, without overflow on the way."""
    largest = float(np.max(np.abs(x), initial=0.0))
    if largest == 0.0 or not np.isfinite(largest):
        return largest
    return largest * float(np.linalg.norm((x / largest).ravel()))


def beside(params: Params, amount: float, rng: np.random.Generator) -> Params:
    """Another point: every entry moved by 30 to 100 % of `amount` times its size, up or down.

    An entry far below the others of its array is moved by up to a third of the array's scale, unless many are.
    """
    return tuple(_moved(x, amount, rng) for x in params)


def _moved(x: Array, amount: float, rng: np.random.Generator) -> Array:
    scale = scale_of(x)
    sizes = np.abs(x.astype(np.float64))
    sizes = np.where(sizes > 0, sizes, scale)
    if x.size > 1:
        of_one_size = float(np.quantile(np.abs(x.astype(np.float64)), 0.2)) > 1e-3 * scale
        sizes = np.clip(sizes, 0.3 * scale if of_one_size else 0.0, scale)
    return shifted(x, amount * sizes, rng)


def shifted(x: Array, by: Array | float, rng: np.random.Generator) -> Array:
    """Every entry moved by 30 to 100 % of `by`, up or down."""
    signs = rng.choice([-1.0, 1.0], size=x.shape)
    return np.asarray(x + by * rng.uniform(0.3, 1.0, size=x.shape) * signs).astype(x.dtype)
