"""Jacobians, entry by entry: their shape says a layout, and every entry is compared with a difference of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.checks import diagnosis
from grader.checks.arrays import Array, as_numbers, fail, show
from grader.checks.close import parts_of
from grader.checks.context import context
from grader.checks.gradient.assertion import Placed, chosen, give_up
from grader.checks.gradient.contract import read
from grader.checks.gradient.evidence import answer_to, plain
from grader.checks.gradient.noise import estimate
from grader.checks.gradient.numeric import differentiate, one_sided
from grader.checks.gradient.point import Point, Site
from grader.checks.gradient.probe import RIGHT, RIGHT_LOW, SAFETY
from grader.checks.gradient.problem import DOUBLE, Params, Problem, Unusable, copies, named, unit
from grader.checks.gradient.report import ArrayReport, GradientReport, Reason, Worst
from grader.checks.gradient.summary import LISTED, SWAMPED, ZERO
from grader.model import CheckFailed, Diagnosis
from reference.layout import Axis, Derivative, Layout, Shape

TOLERANCE = 1e-5  # relative to the largest entry: how far what a diagnosis compares may be off


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """The Jacobian by one parameter by differences, in the layout asked for, and how far each entry may be off.

    `low` and `high` are the one-sided derivatives: at a kink any value between them is right, elsewhere they are NaN.
    """

    name: str
    derivative: Derivative
    values: Array
    error: Array
    low: Array
    high: Array

    def wrong(self, got: Array, floor: float) -> Array:
        """Which entries are off by more than 8 times the difference's error and `floor`, or outside a kink's hull."""
        close = np.abs(got - self.values) <= SAFETY * self.error + floor
        between = (got >= self.low - floor) & (got <= self.high + floor)
        return ~np.where(np.isnan(self.low), close, between)


def check_jacobian(
    f: Callable[..., object],
    jacobian: Callable[..., object],
    params: Mapping[str, object] | Sequence[object],
    layout: Layout = "denominator",
    seed: int = 0,
) -> GradientReport:
    """Whether `jacobian` returns the Jacobians of `f` at `params`.

    Costs 4 evaluations of `f` per entry of the parameters, up to 24 where f is hard to differentiate.

    Args:
        f: `f(*params)`, a number or an array of shape Y.
        jacobian: `jacobian(*params)`, one array per parameter, or a bare array for a single one: of shape X + Y for a
            parameter of shape X in denominator layout, Y + X in numerator layout.
        params: As in `check_gradient`.
        layout: Which of both.
        seed: Of the noise estimate.

    Raises:
        ValueError: `params` is empty, or is not made of finite real numbers. What f and jacobian raise is raised too.
    """
    arrays = named(params)
    problem = Problem(f, jacobian, tuple(arrays), with_upstream=False)
    try:
        right = measure(problem, tuple(arrays.values()), layout, np.random.default_rng(seed))
    except Unusable as why:
        reason = Reason(why.code, why.says, expected=why.expected, got=why.got)
        return GradientReport(passed=False, reasons=(reason,), evaluations=problem.evaluations)
    return compare(problem, problem.answer(copies(tuple(arrays.values())), None), right)


def assert_jacobian(
    jacobian: Callable[..., object],
    *,
    of: Callable[..., object],
    at: Mapping[str, Array | float],
    wrt: str | Sequence[str] | None = None,
    layout: Layout = "denominator",
) -> None:
    """`jacobian(*at)` returns the Jacobians of `of`: shape X + Y by an argument of shape X, where `of` has shape Y.

    Args:
        jacobian: The student's function.
        of: The function that is differentiated.
        at: The arguments by name, as in `assert_gradient`.
        wrt: By which of them: one name for a bare array, several for a tuple; all by default.
        layout: `"numerator"` asks for shape Y + X.

    Raises:
        CheckFailed: A Jacobian is missing, has the wrong shape, is not finite or is wrong. Or `of` is `student.f`, and
            its value cannot be differentiated.
        ValueError: The value of any other `of` cannot be differentiated, or `at` and `wrt` do not fit.
    """
    context().assertions.append("jacobian")
    names = chosen(at, wrt, "assert_jacobian")
    params = tuple(named({name: at[name] for name in names}).values())
    problem = Problem(Placed(of, at, names), Placed(jacobian, at, names), names, with_upstream=False)
    rng = np.random.default_rng(int(context().rng("jacobian").integers(2**63)))
    try:
        right = measure(problem, params, layout, rng)
    except Unusable as why:
        give_up(of, why, "assert_jacobian")
    answer = problem.answer(copies(params), None)
    report = compare(problem, answer, right, context().sizes)
    for one in report.arrays:
        context().note(f"{label(one.name)}: relative error", one.error)
    if not report.passed:
        first = report.reasons[0]
        known = context().ask_known(lambda: answer_to(problem, params))
        found = diagnosis.of_answer(plain(read(answer, names, params).gradients), known) or report.diagnosis
        fail(first.says, expected=first.expected, got=first.got, where=first.where, diagnosis=found)


def label(name: str) -> str:
    """How messages call a Jacobian."""
    return f"the Jacobian by {name}"


@np.errstate(all="ignore")
def measure(problem: Problem, params: Params, layout: Layout, rng: np.random.Generator) -> list[Expected]:
    """The Jacobians by differences.

    Raises:
        Unusable: The function has no finite value at the point, or rounding hides its derivatives.
    """
    params = tuple(x.astype(np.float64) for x in params)
    value = problem.value(params)
    if not np.all(np.isfinite(value)):
        raise Unusable("not-finite", "the function's value is not made of finite real numbers", got=show(value))
    site = _site(problem, params, value, rng)
    return [_expected(site, a, layout) for a in range(len(params))]


def _site(problem: Problem, params: Params, value: Array, rng: np.random.Generator) -> Site:
    """With the noise of an entry of f, by one upstream gradient of random signs: of sum(±f), and so an upper bound."""
    signs = np.asarray(rng.choice([-1.0, 1.0], size=value.shape))
    nothing = tuple(np.zeros(x.shape) for x in params)
    dtype = np.dtype(np.float64)
    point = Point(params, value.astype(np.float64), (signs,), (nothing,), dtype, unit(value), DOUBLE)
    return Site(problem, point, estimate(problem, point, rng), rng)


def _expected(site: Site, a: int, layout: Layout) -> Expected:
    by, of = site.point.params[a].shape, site.point.value.shape
    numeric = differentiate(site, a, np.arange(site.point.params[a].size))
    if not np.all(np.isfinite(numeric.rows)):
        says = "the function's values, or differences of them, are not finite around the point"
        raise Unusable("not-finite-nearby", says)
    values, error = numeric.rows, numeric.error
    low, high = one_sided(site, a, numeric.index)
    surely = np.where(np.isnan(low), error, 0.0)  # at a kink the difference proves nothing, and need not
    largest = float(np.max(np.abs(values), initial=0.0))
    if float(np.max(surely, initial=0.0)) * SAFETY > max(SWAMPED * largest, ZERO):
        says = "the function's value is so large beside its derivative that differences are rounding noise"
        raise Unusable("too-coarse", says)
    derivative = Derivative(_axes(of), _axes(by), layout)
    order = [*range(len(by), len(by + of)), *range(len(by))] if layout == "numerator" else [*range(len(by + of))]
    parts = [part.reshape(by + of).transpose(order) for part in (values, error, low, high)]
    return Expected(site.problem.names[a], derivative, *parts)


def _axes(shape: tuple[int, ...]) -> Shape:
    return Shape(tuple(Axis(str(size), size) for size in shape))


@np.errstate(all="ignore")  # a student's numbers may be near the largest there are
def compare(
    problem: Problem, answer: object, right: list[Expected], sizes: Mapping[str, int] | None = None
) -> GradientReport:
    """The report on an answer; `sizes` are named lengths of which a diagnosis may speak."""
    try:
        parts = {right[0].name: answer} if len(right) == 1 else parts_of(answer, tuple(one.name for one in right))
    except CheckFailed as failure:
        reason = Reason.of("wrong-count", failure.finding)
        return GradientReport(passed=False, reasons=(reason,), evaluations=problem.evaluations)
    seen = [_compare(parts[one.name], one, sizes or {}) for one in right]
    reasons = tuple(reason for _, reason, _, _ in seen if reason is not None)
    return GradientReport(
        passed=not reasons,
        reasons=reasons,
        diagnosis=next((found for _, _, found, _ in seen if found is not None), None),
        resolution=max(one.resolution or 0.0 for one, _, _, _ in seen),
        evaluations=problem.evaluations,
        arrays=tuple(one for one, _, _, _ in seen),
        worst=next((worst for _, _, _, worst in seen if worst is not None), None),
    )


Seen = tuple[ArrayReport, Reason | None, Diagnosis | None, Worst | None]


def _compare(part: object, right: Expected, sizes: Mapping[str, int]) -> Seen:
    shape, name = right.values.shape, right.name
    bad = ArrayReport(name, shape, passed=False)
    try:
        got = as_numbers(part, name=label(name), expected=f"shape {shape}")
    except CheckFailed as failure:
        return bad, Reason.of("not-numbers", failure.finding, name), None, None
    if got.shape != shape:
        says = f"{label(name)} has the wrong shape, {got.shape}"
        reason = Reason("wrong-shape", says, name, expected=f"shape {shape}", got=f"shape {got.shape}")
        return bad, reason, diagnosis.of_shape(shape, got.shape, right.derivative), None
    if got.dtype.kind == "c" or not np.all(np.isfinite(got)):
        says = f"{label(name)} is not made of finite real numbers"
        return bad, Reason("not-finite", says, name, got=show(got)), None, None
    return _compare_values(got, right, sizes)


def _compare_values(got: Array, right: Expected, sizes: Mapping[str, int]) -> Seen:
    """An entry is right if it is off by no more than 8 times the difference's error and 1e-7 of the largest entry."""
    values, shape = right.values, right.values.shape
    scale = float(np.max(np.abs(values), initial=0.0))
    floor = (RIGHT if unit(got) <= DOUBLE else RIGHT_LOW) * scale
    with np.errstate(over="ignore"):
        off = np.abs(got.astype(np.float64) - values)
        wrong = right.wrong(got.astype(np.float64), floor)
    report = ArrayReport(
        right.name,
        shape,
        passed=not wrong.any(),
        error=float(np.max(off[wrong if wrong.any() else np.isnan(right.low)], initial=0.0)) / (scale or 1.0),
        resolution=float(np.max(SAFETY * right.error[np.isnan(right.low)] + floor, initial=0.0)) / (scale or 1.0),
        wrong=tuple(tuple(int(k) for k in index) for index in np.argwhere(wrong)[:LISTED]),
        errors=tuple(float(e) for e in off.ravel()),
    )
    if report.passed:
        return report, None, None, None
    index = tuple(int(k) for k in np.unravel_index(int(np.argmax(np.where(wrong, off, -1.0))), shape))
    worst = Worst(right.name, index, float(values[index]), float(got[index]))
    known = diagnosis.Evidence(values, got.astype(np.float64), TOLERANCE, sizes)
    where = f"at {list(index)}: expected {worst.expected:.6g}, got {worst.got:.6g}" if index else None
    says, expected = f"{label(right.name)} is wrong", show(values) + " (by differences)"
    reason = Reason("wrong-value", says, right.name, expected=expected, got=show(got), where=where)
    return report, reason, diagnosis.of_values(known), worst
