"""`assert_close`: the answer equals what is expected, relative to the scale of what is expected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from grader.checks import diagnosis
from grader.checks.arrays import NUMBERS, Array, as_numbers, fail, show
from grader.checks.context import context
from grader.model import CheckFailed, Finding
from reference.layout import Derivative

# What counts as right: an error below half the digits of the number format, by a factor of some ten. Right code that
# sums in another order differs by 1e-13 and 1e-5; what is wrong by less than these, no course could call wrong.
RTOL_FLOAT64 = 1e-7
RTOL_FLOAT32 = 1e-4
# Where the right answer is zero everywhere there is nothing to be relative to, and what right code leaves is rounding:
# n numbers of order one that cancel leave about eps/2·√n. These are 4,500 and 84 eps, so that sums of 10,000 pass.
ZERO_FLOAT64 = 1e-12
ZERO_FLOAT32 = 1e-5
BETWEEN_INTEGERS = 0.5  # what is counted is right to the last one, however large
SINGLE = (np.dtype(np.float32), np.dtype(np.complex64))
ANSWER = "the answer"


def assert_close(
    actual: object,
    expected: object,
    *,
    rtol: float | None = None,
    derivative: Derivative | None = None,
    name: str | None = None,
) -> None:
    """The answer has the expected shape, and no entry is off by more than `rtol` times the largest expected entry.

    NaN never passes. Where all of `expected` is zero, entries up to 1e-12 pass (1e-5 where the answer is float32).
    `expected` may also be a mapping from names to arrays: the answer is then a tuple or list in that order, or a dict
    with these keys, and every mismatch is collected.

    Args:
        actual: The student's answer, whatever it is.
        expected: Finite numbers.
        rtol: 1e-7, or 1e-4 where the answer or what is expected is float32; integers and bools are expected exactly.
        derivative: What the answer is the derivative of, as in `draw.dims["m"] / draw.dims["n"]`: a wrong layout is
            then named.
        name: How messages call the answer.

    Raises:
        CheckFailed: It is not.
        ValueError: `expected` is not finite numbers, or not of the shape of `derivative`: a bug of the check.
        TypeError: `derivative` or `name` together with a mapping: a bug of the check.
    """
    context().assertions.append("close")
    if isinstance(expected, Mapping):
        if derivative is not None or name is not None:
            raise TypeError("assert_close takes no derivative and no name where expected is a mapping")
        _assert_all_close(actual, {key: _finite(right) for key, right in expected.items()}, rtol)
        return
    right = _finite(expected)
    if derivative is not None:
        _assert_fits(derivative, right.shape)
    _assert_one_close(actual, right, rtol, name or ANSWER, derivative)


def _finite(expected: object) -> Array:
    right = np.asarray(expected)
    if right.dtype.kind not in NUMBERS or not np.all(np.isfinite(right)):
        raise ValueError(f"assert_close expects finite numbers, not {expected!r}")
    return right


def _assert_fits(derivative: Derivative, shape: tuple[int, ...]) -> None:
    """As many axes as the derivative has, and the same sizes where they are known."""
    axes = derivative.shape.axes
    fits = len(axes) == len(shape) and all(axis.size in (None, size) for axis, size in zip(axes, shape, strict=True))
    if not fits:
        raise ValueError(
            f"the derivative has shape {derivative.shape}, but what assert_close expects has shape {shape}"
        )


def _assert_one_close(
    actual: object, right: Array, rtol: float | None, name: str, derivative: Derivative | None = None
) -> None:
    answer = as_numbers(actual, name=name, expected=f"shape {right.shape}")
    if answer.shape != right.shape:
        fail(
            f"{name} has the wrong shape, {answer.shape}",
            expected=f"shape {right.shape}",
            got=f"shape {answer.shape}",
            diagnosis=diagnosis.of_shape(right.shape, answer.shape, derivative),
        )
    _assert_values(answer, right, rtol, name)


def _assert_all_close(actual: object, expected: Mapping[str, Array], rtol: float | None) -> None:
    """Every part, all mismatches in one finding."""
    if not expected:
        raise ValueError("assert_close expects nothing: the mapping is empty")
    parts = parts_of(actual, tuple(expected))
    failures: dict[str, Finding] = {}
    for name, right in expected.items():
        try:
            _assert_one_close(parts[name], right, rtol, name)
        except CheckFailed as failure:
            failures[name] = failure.finding
    if not failures:
        return
    first = next(iter(failures.values()))
    says = "; ".join(finding.says for finding in failures.values())
    found = {finding.diagnosis for finding in failures.values()}
    where = f"{next(iter(failures))}: {first.where}" if first.where else None
    named = found.pop() if len(found) == 1 else None  # what is true of one part alone is a false lead
    raise CheckFailed(replace(first, says=says, where=where, diagnosis=named))


def parts_of(actual: object, names: tuple[str, ...]) -> dict[str, object]:
    """A tuple, list or dict of answers by name; another form fails the check."""
    wanted = f"{len(names)} arrays: {', '.join(names)}"
    if isinstance(actual, dict):
        if set(actual) != set(names):
            fail("the answer does not have the keys asked for", expected=wanted, got=show(actual))
        return {name: actual[name] for name in names}
    if not isinstance(actual, tuple | list) or len(actual) != len(names):
        fail(f"the answer is not {len(names)} arrays", expected=wanted, got=show(actual))
    return dict(zip(names, actual, strict=True))


def _assert_values(answer: Array, right: Array, rtol: float | None, name: str) -> None:
    if answer.dtype.kind == "c" and right.dtype.kind != "c":
        fail(f"{name} is complex", expected=show(right), got=show(answer))
    if not np.all(np.isfinite(answer)):
        what = "NaN (not a number)" if np.any(np.isnan(answer)) else "an infinite number"
        index = np.argwhere(~np.isfinite(answer))[0]
        fail(f"{name} holds {what}", expected=show(right), got=show(answer), where=_at(index) if index.size else None)
    single = answer.dtype in SINGLE or right.dtype in SINGLE
    counted = right.dtype.kind in "bui" and rtol is None
    tolerance = rtol if rtol is not None else RTOL_FLOAT32 if single else RTOL_FLOAT64
    # In float64 at least: integers would wrap around, and bools cannot be subtracted.
    wide = np.result_type(right, np.float64)
    said, asked = answer, right
    answer, right = answer.astype(np.result_type(answer, wide)), right.astype(wide)
    with np.errstate(over="ignore"):
        error = np.abs(answer - right)
    scale = float(np.max(np.abs(right), initial=0.0))
    bound = tolerance * scale if scale else ZERO_FLOAT32 if single else ZERO_FLOAT64
    bound = min(bound, BETWEEN_INTEGERS) if counted else bound
    context().note(f"{name}: largest error", np.max(error, initial=0.0))
    wrong = ~(error <= bound)
    if wrong.ndim == 0 and wrong and counted:  # three where there are six is no mistake by a factor
        fail(f"{name} has the wrong value", expected=show(asked.item()), got=show(said.item()))
    if np.any(wrong):
        _fail_values(answer, right, error, wrong, tolerance, name)


def _fail_values(answer: Array, right: Array, error: Array, wrong: Array, tolerance: float, name: str) -> None:
    worst = np.unravel_index(int(np.argmax(error)), error.shape)
    count = "" if wrong.size == 1 else f": {int(wrong.sum())} of {wrong.size} entries differ"
    where = None if not worst else f"{_at(np.array(worst))}: expected {right[worst]:.6g}, got {answer[worst]:.6g}"
    fail(
        f"{name} has wrong values{count}" if wrong.size != 1 else f"{name} has the wrong value",
        expected=show(right),
        got=show(answer),
        where=where,
        diagnosis=diagnosis.of_values(diagnosis.Evidence(right, answer, tolerance, context().sizes)),
    )


def _at(index: Array) -> str:
    return f"at [{', '.join(str(int(i)) for i in index)}]"
