"""One direction at one point: the residual between the gradient that was answered and differences of the function."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

import numpy as np

from grader.checks.arrays import Array
from grader.checks.gradient.groups import Group
from grader.checks.gradient.ladder import Reading, Scales, Step, read, steps
from grader.checks.gradient.point import Site, norm
from grader.checks.gradient.problem import Params, changed

SAFETY = 8.0  # times the estimated error: of 2,883 right gradients none was further off
RIGHT, RIGHT_LOW = 1e-7, 1e-5  # of ‖g∘v‖: errors below this are no errors
GROUND, GROUND_LOW = 1e-12, 1e-6  # of ‖g∘x‖ over all parameters: what cancels in a gradient may leave as much
EARLY = 1e-6  # of ‖g∘v‖: a residual below this at both short steps needs no ladder
EARLY_STEPS = (1e-4, 1e-5)
WEAK = 0.02  # of ‖g∘v‖: a coarser tolerance says little
FIRST = 5  # steps of a ladder that are taken at once; then two at a time
ENOUGH = 0.05 * EARLY  # of ‖g∘v‖: an error estimate that no finer step need improve


class Status(Enum):
    """What a probe says of the gradient."""

    OK = "ok"
    WRONG = "wrong"
    WEAK = "weak"  # not wrong, as far as can be seen
    IN_HULL = "between the one-sided derivatives of a kink"
    OFF_HULL = "outside the one-sided derivatives of a kink"
    NOTHING = "no finite values"

    @property
    def at_kink(self) -> bool:
        """Whether only the one-sided derivatives could be compared."""
        return self in (Status.IN_HULL, Status.OFF_HULL)


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """The residual along one direction for one upstream gradient; `size` is ‖g∘v‖."""

    array: int
    group: Group
    upstream: int
    status: Status
    residual: float
    error: float
    size: float
    derivative: float

    def as_status(self, status: Status) -> Probe:
        """The same, judged otherwise."""
        return replace(self, status=status)

    @property
    def bound(self) -> float:
        """The smallest error along the direction that the probe is sure to have seen."""
        return SAFETY * self.error

    @property
    def relative(self) -> float:
        """The residual relative to the gradient along the direction, or to the derivative where that is larger."""
        scale = max(self.size, abs(self.derivative))
        return abs(self.residual) / scale if scale > 0 else 0.0


def probe(site: Site, a: int, v: Array, group: Group) -> list[Probe]:
    """Compare along `v` in array `a`: one probe per upstream gradient."""
    sizes = [norm(g[a] * v) for g in site.point.gradients]
    return _early(site, a, v, group, sizes) or _ladder(site, a, v, group, sizes)


def _early(site: Site, a: int, v: Array, group: Group, sizes: list[float]) -> list[Probe]:
    """Four evaluations, which suffice for nine right gradients of ten; nothing where they do not."""
    if site.low or any(_unclear(site, q, size) for q, size in enumerate(sizes)):
        return []
    taken = _take(site, a, v, EARLY_STEPS)
    worst, last = [0.0] * len(sizes), [0.0] * len(sizes)
    for step in taken:
        if step is None:
            return []
        for q, one in enumerate(step):
            worst[q], last[q] = max(worst[q], abs(one.central)), one.derivative
    if any(not worst[q] <= EARLY * size for q, size in enumerate(sizes)):
        return []
    return [Probe(a, group, q, Status.OK, worst[q], EARLY * size, size, last[q]) for q, size in enumerate(sizes)]


def _unclear(site: Site, q: int, size: float) -> bool:
    """Whether rounding alone, over the short steps, exceeds what they are to show."""
    return 2 * site.point.unit * site.point.size(q) / EARLY_STEPS[0] > EARLY * size


def _ladder(site: Site, a: int, v: Array, group: Group, sizes: list[float]) -> list[Probe]:
    point, low = site.point, site.low
    scales = [Scales(point.size(q), size, site.noise[q], point.unit, low) for q, size in enumerate(sizes)]
    h = steps(scales)
    taken: list[list[Step] | None] = []
    readings: list[Reading | None] = []
    while len(taken) < len(h):
        taken += _take(site, a, v, h[len(taken) : len(taken) + (2 if taken else FIRST)])
        readings = [
            read(h, [None if step is None else step[q] for step in taken], scale) for q, scale in enumerate(scales)
        ]
        finer = h[min(len(taken), len(h) - 1)]
        if all(_settled(reading, finer, size) for reading, size in zip(readings, sizes, strict=True)):
            break
    judged = zip(readings, sizes, strict=True)
    return [_judge(site, a, group, q, reading, size) for q, (reading, size) in enumerate(judged)]


def _settled(reading: Reading | None, finer: float, size: float) -> bool:
    """Whether finer steps would not improve the estimate."""
    if reading is None or reading.kink:
        return False
    return reading.best.error < ENOUGH * size or 3 * reading.noise / finer > reading.best.error


def _judge(site: Site, a: int, group: Group, q: int, reading: Reading | None, size: float) -> Probe:
    """Right iff |r| ≤ 8 E + η‖g∘v‖ + κ‖g∘x‖; at a kink iff the hull holds 0 to that tolerance.

    The last term, with x all parameters, is what rounding leaves of a gradient that is zero, as that by a bias before a
    batch norm.
    """
    if reading is None:
        return Probe(a, group, q, Status.NOTHING, float("nan"), float("inf"), size, float("nan"))
    right, ground = (RIGHT_LOW, GROUND_LOW) if site.low else (RIGHT, GROUND)
    best, hull, floor = reading.best, reading.hull, right * size + ground * site.point.pull(q)
    if hull is not None:
        tolerance = SAFETY * hull.error + floor
        if hull.high - hull.low > tolerance:
            status = Status.IN_HULL if hull.holds_zero(tolerance) else Status.OFF_HULL
            return Probe(a, group, q, status, (hull.low + hull.high) / 2, hull.error, size, best.derivative)
    tolerance = SAFETY * best.error + floor
    status = Status.OK if abs(best.residual) <= tolerance else Status.WRONG
    if status is Status.OK and size > 0 and tolerance > WEAK * size:
        status = Status.WEAK
    return Probe(a, group, q, status, best.residual, best.error, size, best.derivative)


def _take(site: Site, a: int, v: Array, h: list[float] | tuple[float, ...]) -> list[list[Step] | None]:
    """The residuals at these steps, per upstream gradient; None at a step where not all values are finite.

    The step that counts is the one really taken, so that the rounding of x + h·v is no error.
    """
    x = site.point.params[a]
    moved = [np.asarray(x + sign * step * v).astype(x.dtype) for step in h for sign in (1, -1)]
    points: list[Params] = [changed(site.point.params, a, array) for array in moved]
    values = site.problem.values(points, site.point.value)
    with np.errstate(all="ignore"):
        changes = [_changes(site, a, array, value) for array, value in zip(moved, values, strict=True)]
        return [_steps(step, changes[2 * k], changes[2 * k + 1]) for k, step in enumerate(h)]


def _changes(site: Site, a: int, moved: Array, value: Array) -> Array:
    """How sum(R·f) changes, and how the gradient says that it does: one row per upstream gradient."""
    point = site.point
    dx = moved.astype(np.float64) - point.params[a].astype(np.float64)
    if not np.any(dx):
        return np.full((len(point.upstreams), 2), np.nan)  # too short a step to move anything
    df = value.astype(np.float64) - point.value
    pairs = zip(point.upstreams, point.gradients, strict=True)
    return np.array([(np.sum(R * df), np.sum(g[a] * dx)) for R, g in pairs])


def _steps(h: float, right: Array, left: Array) -> list[Step] | None:
    """From both sides' changes, in columns of f's and of the gradient's."""
    residual_right, residual_left = (right[:, 0] - right[:, 1]) / h, (left[:, 1] - left[:, 0]) / h
    derivative = (right[:, 0] - left[:, 0]) / (2 * h)
    every = np.stack([residual_right, residual_left, derivative], axis=1)
    return [Step(*map(float, row)) for row in every] if np.all(np.isfinite(every)) else None
