"""What a gradient must keep to before its values are looked at: count, shape, finite, repeatable, linear, no traces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grader.checks.arrays import Array, as_numbers, show
from grader.checks.close import parts_of
from grader.checks.gradient.groups import scale_of
from grader.checks.gradient.point import Point, Site
from grader.checks.gradient.problem import Params, Problem, Unusable, copies, unit
from grader.checks.gradient.report import Reason
from grader.model import CheckFailed

SAME, SAME_LOW = 1e-6, 1e-4  # of the largest entry: how far two calls may differ
LINEAR, LINEAR_LOW = 1e-6, 1e-4  # of the largest entry
ROUNDING, ROUNDING_LOW = 1e-9, 1e-4  # of the function's own size: what cancels to zero in a gradient may leave as much
TWO, MINUS_THREE = 2.0, -3.0


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """One array per parameter, None for what is not numbers, and what is wrong with them."""

    gradients: tuple[Array | None, ...] = ()
    reasons: tuple[Reason, ...] = ()


class Rejected(Exception):
    """The gradient's form or habits are wrong; its values need no look."""

    def __init__(self, reasons: tuple[Reason, ...], point: Point, got: tuple[Array | None, ...] = ()) -> None:
        super().__init__(reasons[0].says)
        self.reasons, self.point, self.got = reasons, point, got


def label(name: str) -> str:
    """How messages call a gradient."""
    return f"the gradient by {name}"


def visit(problem: Problem, params: Params, rng: np.random.Generator) -> Point:
    """Ask the function and the gradient at a point, the latter once per upstream gradient.

    Two upstream gradients are drawn from the normal distribution where there are any. None is all ones: then too much
    cancels, as the sum over a softmax does.

    Raises:
        Unusable: The function has no finite value there.
        Rejected: The gradients have the wrong form, or the call left traces.
    """
    value = problem.value(params)
    if not np.all(np.isfinite(value)):
        raise Unusable("not-finite", "the function's value is not made of finite real numbers", got=show(value))
    if problem.with_upstream is None:
        problem.with_upstream = value.ndim > 0
    if value.ndim > 0 and not problem.with_upstream:
        raise Unusable("not-scalar", "the function's value is not a single number", got=f"shape {value.shape}")
    dtype = value.dtype if value.dtype.kind == "f" else np.dtype(np.float64)
    drawn = [rng.standard_normal(value.shape) for _ in range(2)] if problem.with_upstream else [1.0]
    upstreams = tuple(np.asarray(R).astype(dtype).astype(np.float64) for R in drawn)
    point = Point(params, value.astype(np.float64), upstreams, (), dtype, unit(value))
    gradients = [ask(problem, point, R) for R in upstreams]
    wide = tuple(tuple(g.astype(np.float64) for g in one) for one in gradients)
    return Point(
        params, point.value, upstreams, wide, dtype, point.unit, max(unit(*one) for one in gradients)
    )  # fmt: skip


def ask(problem: Problem, point: Point, upstream: Array) -> Params:
    """The gradients for one upstream gradient.

    Raises:
        Rejected: They have the wrong form, or the call left traces in its arguments.
    """
    given, passed = copies(point.params), np.array(upstream, point.dtype)
    up = passed.copy()
    reply = problem.answer(given, up if problem.with_upstream else None)
    answer = read(reply, problem.names, point.params)
    reasons = list(answer.reasons)
    for name, mine, theirs in zip(problem.names, point.params, given, strict=True):
        if not np.array_equal(mine, theirs):
            reasons.append(Reason("input-modified", f"the gradient function changes {name} in place", name))
    if not np.array_equal(up, passed):
        reasons.append(Reason("upstream-modified", "the gradient function changes the upstream gradient in place"))
    if reasons:
        raise Rejected(tuple(reasons), point, answer.gradients)
    return tuple(g for g in answer.gradients if g is not None)


def read(reply: object, names: tuple[str, ...], params: Params) -> Answer:
    """The reply as one array of finite numbers per parameter, each of its parameter's shape."""
    try:
        parts = {names[0]: reply} if len(names) == 1 else parts_of(reply, names)
    except CheckFailed as failure:
        return Answer((), (Reason.of("wrong-count", failure.finding),))
    read_parts = [_read_one(part, name, param.shape) for (name, part), param in zip(parts.items(), params, strict=True)]
    return Answer(
        tuple(array for array, _ in read_parts), tuple(reason for _, reason in read_parts if reason is not None)
    )


def _read_one(part: object, name: str, shape: tuple[int, ...]) -> tuple[Array | None, Reason | None]:
    try:
        got = as_numbers(part, name=label(name), expected=f"shape {shape}")
    except CheckFailed as failure:
        return None, Reason.of("not-numbers", failure.finding, name)
    if got.shape != shape:
        says = f"{label(name)} has the wrong shape, {got.shape}: a gradient looks like its argument"
        return got, Reason("wrong-shape", says, name, expected=f"shape {shape}", got=f"shape {got.shape}")
    if got.dtype.kind == "c" or not np.all(np.isfinite(got)):
        return got, Reason("not-finite", f"{label(name)} is not made of finite real numbers", name, got=show(got))
    return got, None


def try_again(site: Site) -> None:
    """Ask the gradient again.

    Raises:
        Rejected: It is another one, or it is not linear in the upstream gradient.
    """
    _assert_same_gradient(site)
    if len(site.point.upstreams) == 2:
        _assert_linear(site)


def value_again(problem: Problem, point: Point) -> None:
    """Ask the function again.

    Raises:
        Unusable: Its value is another one the second time.
    """
    again = problem.values([point.params], point.value)[0].astype(np.float64)
    if not np.all(np.isfinite(again)):
        raise Unusable("not-finite", "the function's value is not made of finite real numbers", got=show(again))
    if _differs(again, point.value, SAME_LOW if point.single else SAME):
        raise Unusable("not-repeatable", "the function's value is another one in a second call at the same point")


def _assert_same_gradient(site: Site) -> None:
    problem, point = site.problem, site.point
    tolerance = SAME_LOW if site.low else SAME
    upstream, before, rest = point.upstreams[-1], point.gradients[-1], _rest(site)
    again = _wide(ask(problem, point, upstream))
    pairs = zip(problem.names, again, before, rest, strict=True)
    names = [name for name, new, old, slack in pairs if _differs(new, old, tolerance, slack)]
    if not names:
        return
    third = _wide(ask(problem, point, upstream))
    grows = zip(third, again, before, rest, strict=True)
    if not any(_differs(c - b, b - a, tolerance, slack) for c, b, a, slack in grows):
        says = f"{label(names[0])} grows by the same amount with every call: it is not set to zero before each"
        raise Rejected((Reason("not-zeroed", says, names[0]),), point, before)
    says = f"{label(names[0])} is another one in a second call with the same arguments"
    raise Rejected((Reason("not-repeatable", says, names[0]),), point, before)


def _assert_linear(site: Site) -> None:
    """vjp(2 R₁ - 3 R₂) = 2 vjp(R₁) - 3 vjp(R₂), to 1e-6 of both parts."""
    problem, point = site.problem, site.point
    first, second = point.upstreams
    mixed = _wide(ask(problem, point, TWO * first + MINUS_THREE * second))
    tolerance = LINEAR_LOW if site.low else LINEAR
    for name, got, one, other, slack in zip(problem.names, mixed, *point.gradients, _rest(site), strict=True):
        scale = TWO * _largest(one) - MINUS_THREE * _largest(other)
        if not _largest(got - (TWO * one + MINUS_THREE * other)) <= tolerance * scale + slack:
            says = f"{label(name)} is wrong: it is not linear in the upstream gradient"
            raise Rejected((Reason("not-linear", says, name),), point, point.gradients[0])


def _rest(site: Site) -> list[float]:
    """How far each gradient may be off by rounding of what cancels in it, as that by a bias before a batch norm."""
    reach = max(site.point.reach(q) for q in range(len(site.point.upstreams)))
    return [(ROUNDING_LOW if site.low else ROUNDING) * reach / scale_of(x) for x in site.point.params]


def _differs(one: Array, other: Array, tolerance: float, slack: float = 0.0) -> bool:
    return not _largest(one - other) <= tolerance * _largest(other) + slack


def _largest(x: Array) -> float:
    return float(np.max(np.abs(x), initial=0.0))


def _wide(gradients: Params) -> Params:
    return tuple(g.astype(np.float64) for g in gradients)
