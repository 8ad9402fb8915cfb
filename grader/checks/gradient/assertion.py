"""`assert_gradient`: a student's gradients agree with their function, for upstream gradients drawn here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

import numpy as np

from grader.checks.arrays import Array, fail, show
from grader.checks.context import context
from grader.checks.gradient.contract import label
from grader.checks.gradient.method import Judgement, judge
from grader.checks.gradient.problem import Params, Problem, Unusable, copies, named

DRAWN_UP_TO = 10_000  # coordinates whose errors are kept as evidence


def assert_gradient(
    gradient: Callable[..., object],
    *,
    of: Callable[..., object],
    at: Mapping[str, Array | float],
    wrt: str | Sequence[str] | None = None,
    upstream: bool | None = None,
) -> None:
    """`gradient` returns the gradients of `of` at a point, and at another beside it.

    It is called `gradient(*at)` where `of` is scalar, else `gradient(*at, g)` with an upstream gradient g of the shape
    of `of`'s value, drawn at random; the gradients are those of sum(g * of(*at)). It is called 4 to 10 times.

    Args:
        gradient: The student's function.
        of: The function that is differentiated: the reference's, or the student's own forward.
        at: The arguments by name, passed by position in this order. Each call gets copies of the arrays. What is
            differentiated by is a real number or an array of them, integers as float64.
        wrt: Which arguments' gradients are returned: one name for a bare array, several for a tuple; all by default.
        upstream: Whether an upstream gradient is passed; by default iff `of` is not scalar.

    Raises:
        CheckFailed: A gradient is missing, has the wrong shape, is not finite, not repeatable, not linear in g, or is
            wrong. Or `of` is `student.f`, and its value cannot be differentiated.
        ValueError: The value of any other `of` cannot be differentiated: it is not made of finite real numbers, is not
            scalar where `upstream=False`, changes its shape, is another one at the second call, or is so large beside
            its derivative that differences are rounding noise. Or `at` and `wrt` do not fit. A bug of the check, unless
            `of` hands on what a student returned: the engine finds out by asking the solution.
    """
    context().assertions.append("gradient")
    names = chosen(at, wrt, "assert_gradient")
    params = named({name: at[name] for name in names})
    problem = Problem(Placed(of, at, names), Placed(gradient, at, names), names, upstream, fixed(at, names))
    seed = int(context().rng("gradient").integers(2**63))
    judged = judge(problem, tuple(params.values()), np.random.default_rng(seed), context().sizes, context().ask_known)
    _note(judged)
    if judged.unusable is not None:
        give_up(of, judged.unusable, "assert_gradient")
    if not judged.report.passed:
        first = judged.report.reasons[0]
        fail(first.says, expected=first.expected, got=first.got, where=first.where, diagnosis=judged.report.diagnosis)


def chosen(at: Mapping[str, Array | float], wrt: str | Sequence[str] | None, who: str) -> tuple[str, ...]:
    """The names of what is differentiated by, all of them real numbers in `at`.

    Raises:
        ValueError: They are not: a bug of the check.
    """
    names = (wrt,) if isinstance(wrt, str) else tuple(at if wrt is None else wrt)
    if not names:
        raise ValueError(f"{who} is asked for no gradient: at or wrt is empty")
    for name in names:
        if name not in at:
            raise ValueError(f"{who}: wrt names {name!r}, but at has {', '.join(at)}")
        number = isinstance(at[name], np.ndarray | np.generic | int | float)
        if not number or np.asarray(at[name]).dtype.kind not in "uif":
            raise ValueError(f"{who} differentiates by real numbers, but {name} is {show(at[name])}")
    return names


def fixed(at: Mapping[str, Array | float], names: tuple[str, ...]) -> dict[str, Array]:
    """The arrays of real numbers in `at` that nothing is differentiated by."""
    others = {name: value for name, value in at.items() if name not in names and isinstance(value, np.ndarray)}
    return {name: value.astype(np.float64) for name, value in others.items() if value.dtype.kind == "f"}


class Placed:
    """`function` of the parameters alone, each put in its place among the arguments `at`; all are copies."""

    def __init__(self, function: Callable[..., object], at: Mapping[str, Any], names: tuple[str, ...]) -> None:
        self._function, self._at, self._names = function, at, names
        if hasattr(function, "many"):
            self.many = self._many

    def __call__(self, *params: Array) -> object:
        """For the parameters, and an upstream gradient after them if there is one."""
        more = params[len(self._names) :]  # the upstream gradient
        return self._function(*self._arguments(params), *copies(more))

    def _many(self, points: Sequence[Params]) -> list[object]:
        return list(self._function.many([self._arguments(point) for point in points]))  # type: ignore[attr-defined]

    def _arguments(self, params: Sequence[Array]) -> list[Any]:
        given = dict(zip(self._names, params, strict=False))
        return [_argument(value, given.get(name)) for name, value in self._at.items()]


def _argument(value: Any, param: Array | None) -> Any:
    if param is None:
        return value.copy() if isinstance(value, np.ndarray) else value
    return param.copy() if isinstance(value, np.ndarray) else param.item()


def give_up(of: Callable[..., object], why: Unusable, who: str) -> NoReturn:
    """Fail the student where `of` is `student.f`. Any other function may be the author's own.

    Raises:
        CheckFailed: It is the student's.
        ValueError: It is not.
    """
    if hasattr(of, "returns") and hasattr(of, "with_"):
        fail(why.says, expected=why.expected, got=why.got)
    raise ValueError(f"{who} cannot differentiate: {why.says}" + (f" ({why.got})" if why.got else ""))


def _note(judged: Judgement) -> None:
    """Keep what was measured: errors, the smallest error that would have shown, the errors by coordinate."""
    for one in judged.report.arrays:
        context().note(f"{label(one.name)}: relative error", one.error)
        if one.resolution is not None:
            context().note(f"{label(one.name)}: smallest error that shows", one.resolution)
        if one.errors is not None and 0 < len(one.errors) <= DRAWN_UP_TO:
            table = np.array(one.errors).reshape(one.shape if 0 < len(one.shape) <= 2 else -1)
            context().note(f"{label(one.name)}: error by coordinate", table)
