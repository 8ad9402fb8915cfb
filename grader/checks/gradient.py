"""`assert_gradient`: a gradient agrees with central differences of its function, for upstream gradients drawn here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from grader.checks import diagnosis
from grader.checks.arrays import Array, as_numbers, fail, show
from grader.checks.close import parts_of
from grader.checks.context import context
from grader.model import CheckFailed

# Central differences with step h leave a truncation error of h²/6·f''' and a rounding error of eps/h; both are near
# eps^(2/3) = 4e-11 at h = eps^(1/3). A gradient counts as right up to 1e-6, where no smooth function is in doubt.
EPS = float(np.finfo(np.float64).eps)
STEP = EPS ** (1 / 3)
RTOL = 1e-6
# A value of f is taken to be right to ROUNDINGS·eps·|f|, so differences are right to ROUNDINGS·eps·|f|/h, and that much
# is allowed beside RTOL. Where it is more than a tenth of the derivative a wrong gradient could pass, and nothing is
# judged; except where it is below RTOL itself, for a derivative that small counts as zero.
ROUNDINGS = 4
SWAMPED = 0.1


def assert_gradient(
    gradient: Callable[..., object],
    *,
    of: Callable[..., object],
    at: Mapping[str, Array | float],
    wrt: str | Sequence[str] | None = None,
    upstream: bool | None = None,
) -> None:
    """`gradient` returns the gradients of `of` at a point.

    It is called `gradient(*at)` where `of` is scalar, else `gradient(*at, g)` with an upstream gradient g of the shape
    of `of`'s value, drawn at random; the gradients are those of sum(g * of(*at)).

    Args:
        gradient: The student's function.
        of: The function that is differentiated: the reference's, or the student's own forward.
        at: The arguments by name, passed by position in this order. Each call gets copies of the arrays. What is
            differentiated by is a real number or an array of them; for the differences, integers become float64.
        wrt: Which arguments' gradients are returned: one name for a bare array, several for a tuple; all by default.
        upstream: Whether an upstream gradient is passed; by default iff `of` is not scalar.

    Raises:
        CheckFailed: A gradient is missing, has the wrong shape, is not finite, or is wrong. Or `of` is `student.f`, and
            its value cannot be differentiated.
        ValueError: The value of any other `of` cannot be differentiated: it is not made of finite real numbers, is not
            scalar where `upstream=False`, changes its shape, or is so large beside its derivative that differences
            are rounding noise. Or `at` and `wrt` do not fit. A bug of the check, unless `of` hands on what a student
            returned: the engine finds out by asking the solution.
    """
    context().assertions.append("gradient")
    names = _names(at, wrt)
    value = _value(of, _copies(at))
    with_upstream = upstream if upstream is not None else value.ndim > 0
    if value.ndim > 0 and not with_upstream:
        _unusable(of, "the function's value is not a single number", got=f"shape {value.shape}")
    g = np.asarray(context().rng("upstream").standard_normal(value.shape)) if with_upstream else np.ones(())
    answer = gradient(*_copies(at), *([g.copy()] if with_upstream else []))
    parts = {names[0]: answer} if len(names) == 1 else parts_of(answer, names)
    for name, part in parts.items():
        _assert_one(part, _Function(of, at, name, g))


@dataclass(frozen=True, slots=True)
class _Function:
    """The scalar function sum(g * of(*at)) of its argument called `by`."""

    of: Callable[..., object]
    at: Mapping[str, Array | float]
    by: str
    g: Array

    def value(self, x: Array) -> Array:
        """Of `of`, with `x` as the argument."""
        point = {**self.at, self.by: x if isinstance(self.at[self.by], np.ndarray) else x.item()}
        return _value(self.of, _copies(point), self.g.shape)


def _names(at: Mapping[str, Array | float], wrt: str | Sequence[str] | None) -> tuple[str, ...]:
    names = (wrt,) if isinstance(wrt, str) else tuple(at if wrt is None else wrt)
    if not names:
        raise ValueError("assert_gradient is asked for no gradient: at or wrt is empty")
    for name in names:
        if name not in at:
            raise ValueError(f"assert_gradient: wrt names {name!r}, but at has {', '.join(at)}")
        if (
            not isinstance(at[name], np.ndarray | np.generic | int | float)
            or np.asarray(at[name]).dtype.kind not in "uif"
        ):
            raise ValueError(f"assert_gradient differentiates by real numbers, but {name} is {show(at[name])}")
    return names


def _copies(at: Mapping[str, Any]) -> list[Any]:
    return [value.copy() if isinstance(value, np.ndarray) else value for value in at.values()]


def _value(of: Callable[..., object], arguments: Sequence[object], shape: tuple[int, ...] | None = None) -> Array:
    """A value of `of`: finite real numbers, of `shape` where one is given."""
    reply = of(*arguments)
    try:
        value = as_numbers(reply, name="the function's value", expected="an array of numbers")
    except CheckFailed as failure:
        _unusable(of, failure.finding.says, expected=failure.finding.expected, got=failure.finding.got)
    if value.dtype.kind == "c" or not np.all(np.isfinite(value)):
        _unusable(of, "the function's value is not made of finite real numbers", got=show(value))
    if shape is not None and value.shape != shape:
        _unusable(of, "the function's value changes its shape", expected=f"shape {shape}", got=f"shape {value.shape}")
    return value


def _unusable(of: Callable[..., object], says: str, *, expected: str | None = None, got: str | None = None) -> NoReturn:
    """Fails the student where `of` is `student.f`. Any other function may be the author's own."""
    if hasattr(of, "returns") and hasattr(of, "with_"):
        fail(says, expected=expected, got=got)
    raise ValueError(f"assert_gradient cannot differentiate: {says}" + (f" ({got})" if got else ""))


def _assert_one(answer: object, function: _Function) -> None:
    label = f"the gradient by {function.by}"
    shape = np.shape(function.at[function.by])
    got = as_numbers(answer, name=label, expected=f"shape {shape}")
    if got.shape != shape:
        found = diagnosis.of_shape(shape, got.shape)
        says = f"{label} has the wrong shape, {got.shape}: a gradient looks like its argument"
        fail(says, expected=f"shape {shape}", got=f"shape {got.shape}", diagnosis=found)
    if got.dtype.kind == "c" or not np.all(np.isfinite(got)):
        fail(f"{label} is not made of finite real numbers", got=show(got))
    numeric, noise = _differences(function)
    with np.errstate(over="ignore"):
        error = np.abs(got.astype(np.float64) - numeric)
    scale = float(np.max(np.abs(numeric), initial=0.0))
    context().note(f"{label}: relative error", float(np.max(error, initial=0.0)) / (scale or 1.0))
    if not np.max(error, initial=0.0) <= RTOL * max(scale, STEP) + noise:
        worst = np.unravel_index(int(np.argmax(error)), error.shape)
        where = f"at {[int(i) for i in worst]}: expected {numeric[worst]:.6g}, got {got[worst]:.6g}"
        evidence = diagnosis.Evidence(numeric, got.astype(np.float64), 10 * RTOL, context().sizes)
        fail(
            f"{label} is wrong",
            expected=show(numeric) + " (by differences)",
            got=show(got),
            where=where if shape else None,
            diagnosis=diagnosis.of_values(evidence),
        )


def _differences(function: _Function) -> tuple[Array, float]:
    """The gradient by central differences over the steps really taken, and how far an entry may be off by rounding."""
    x = np.array(function.at[function.by], dtype=np.float64)
    size = float(np.sqrt(np.mean(x**2))) if x.size else 0.0
    step = STEP * (size or 1.0)
    numeric = np.zeros(x.shape)
    noise = 0.0
    for index in np.ndindex(*x.shape):
        middle = x[index]
        high, low = middle + step, middle - step
        x[index] = high
        above = function.value(x)
        x[index] = low
        below = function.value(x)
        x[index] = middle
        with np.errstate(over="ignore", invalid="ignore"):
            numeric[index] = np.sum(function.g * (above.astype(np.float64) - below)) / (high - low)
            noise = max(noise, _rounding(above, function.g) / step)
    scale = float(np.max(np.abs(numeric), initial=0.0))
    if not (np.all(np.isfinite(numeric)) and noise <= max(SWAMPED * scale, RTOL)):
        says = "the function's value is so large beside its derivative that differences are rounding noise"
        _unusable(function.of, says)
    return numeric, noise


def _rounding(value: Array, g: Array) -> float:
    """How far sum(g * value) may be off, in the number format that it was computed in."""
    eps = float(np.finfo(value.dtype).eps) if value.dtype.kind == "f" else EPS
    return ROUNDINGS * max(eps, EPS) * float(np.sum(np.abs(g * value.astype(np.float64))))
