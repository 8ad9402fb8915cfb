"""`assert_gradient`: a gradient agrees with central differences of its function, for upstream gradients drawn here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from grader.checks import diagnosis
from grader.checks.arrays import Array, as_numbers, fail, show
from grader.checks.close import parts_of
from grader.checks.context import context

# Central differences with step h leave a truncation error of h²/6·f''' and a rounding error of eps/h; both are near
# eps^(2/3) = 4e-11 at h = eps^(1/3). A gradient counts as right up to 1e-6, where no smooth function is in doubt.
STEP = float(np.finfo(np.float64).eps) ** (1 / 3)
RTOL = 1e-6


def assert_gradient(
    gradient: Callable[..., object],
    *,
    of: Callable[..., object],
    at: Mapping[str, Array],
    wrt: str | Sequence[str] | None = None,
    upstream: bool | None = None,
) -> None:
    """`gradient` returns the gradients of `of` at a point.

    It is called `gradient(*at)` where `of` is scalar, else `gradient(*at, g)` with an upstream gradient g of the shape
    of `of`'s value, drawn at random; the gradients are those of sum(g * of(*at)).

    Args:
        gradient: The student's function.
        of: The function that is differentiated: the reference's, or the student's own forward.
        at: The arguments by name, passed by position in this order. Each call gets copies.
        wrt: Which arguments' gradients are returned: one name for a bare array, several for a tuple; all by default.
        upstream: Whether an upstream gradient is passed; by default iff `of` is not scalar.

    Raises:
        CheckFailed: A gradient is missing, has the wrong shape, is not finite, or is wrong.
    """
    value = as_numbers(of(*_copies(at)), name="the function's value", expected="an array of numbers")
    with_upstream = upstream if upstream is not None else value.ndim > 0
    g = context().rng("upstream").standard_normal(value.shape) if with_upstream else np.ones(value.shape)
    arguments = [*_copies(at), *([g.copy()] if with_upstream else [])]
    names = (wrt,) if isinstance(wrt, str) else tuple(wrt or at)
    answer = gradient(*arguments)
    bare = isinstance(wrt, str) or len(names) == 1
    parts = {names[0]: answer} if bare else parts_of(answer, names)
    for name, part in parts.items():
        _assert_one(part, at, name, of, np.asarray(g))


def _copies(at: Mapping[str, Array]) -> list[Array]:
    return [np.array(array) for array in at.values()]


def _assert_one(answer: object, at: Mapping[str, Array], name: str, of: Callable[..., object], g: Array) -> None:
    label = f"the gradient by {name}"
    shape = np.shape(at[name])
    got = as_numbers(answer, name=label, expected=f"shape {shape}")
    if got.shape != shape:
        found = diagnosis.of_shape(shape, got.shape)
        says = f"{label} has the wrong shape: a gradient looks like its argument"
        fail(says, expected=f"shape {shape}", got=f"shape {got.shape}", diagnosis=found)
    if got.dtype.kind == "c" or not np.all(np.isfinite(got)):
        fail(f"{label} is not made of finite real numbers", got=show(got))
    numeric = _differences(of, at, name, g)
    with np.errstate(over="ignore"):
        error = np.abs(got.astype(np.float64) - numeric)
    scale = float(np.max(np.abs(numeric), initial=0.0))
    context().note(f"{label}: relative error", float(np.max(error, initial=0.0)) / (scale or 1.0))
    if not np.max(error, initial=0.0) <= RTOL * max(scale, STEP):
        worst = np.unravel_index(int(np.argmax(error)), error.shape)
        evidence = diagnosis.Evidence(numeric, got.astype(np.float64), 10 * RTOL, context().sizes)
        fail(
            f"{label} is wrong",
            expected=show(numeric) + " (by differences)",
            got=show(got),
            where=f"at {[int(i) for i in worst]}: expected {numeric[worst]:.6g}, got {got[worst]:.6g}"
            if shape
            else None,
            diagnosis=diagnosis.of_values(evidence),
        )


def _differences(of: Callable[..., object], at: Mapping[str, Array], name: str, g: Array) -> Array:
    """D sum(g * of)/d at[name] by central differences, coordinate by coordinate, over the steps really taken."""
    point = {key: np.array(array) for key, array in at.items()}
    x = point[name] = point[name].astype(np.float64)
    size = float(np.sqrt(np.mean(x**2))) if x.size else 0.0
    numeric = np.zeros(x.shape)
    for index in np.ndindex(*x.shape):
        middle = x[index]
        high, low = middle + STEP * (size or 1.0), middle - STEP * (size or 1.0)
        values = []
        for x[index] in (high, low):
            value = as_numbers(of(*_copies(point)), name="the function's value", expected=f"shape {g.shape}")
            if value.shape != g.shape:
                fail("the function's value changes its shape", expected=f"shape {g.shape}", got=f"shape {value.shape}")
            values.append(value.astype(np.float64))
        x[index] = middle
        numeric[index] = np.sum(g * (values[0] - values[1])) / (high - low)
    return numeric
