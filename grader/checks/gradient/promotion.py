"""float32 is checked in float64 wherever the code computes in what it is given: then small errors can be seen."""

from __future__ import annotations

import numpy as np

from grader.checks.arrays import Array
from grader.checks.gradient.contract import label, read
from grader.checks.gradient.groups import scale_of
from grader.checks.gradient.point import norm
from grader.checks.gradient.problem import DOUBLE, Params, Problem, copies, unit
from grader.checks.gradient.report import Reason

AGREES = 5e-3  # relative, in norm: how far the gradient in float32 may be from that in float64
ROUNDING = 1e-3  # of the function's own size: what cancels in float32 may leave as much


def promote(problem: Problem, params: Params) -> tuple[Params, list[Reason]]:
    """The parameters in float64 if the value and all gradients come out in float64 then; otherwise as they are.

    The gradient as it was asked for must then agree with that in float64 to half a percent.

    Raises:
        Unusable: The function's value in float64 is not real numbers.
    """
    if all(x.dtype == np.float64 for x in params):
        return params, []
    wide = tuple(x.astype(np.float64) for x in params)
    value = problem.value(wide)
    exact = _gradients(problem, wide, np.ones(value.shape))
    if exact is None or value.dtype.kind != "f" or unit(value, *exact) > DOUBLE:
        return params, []
    got = _gradients(problem, params, np.ones(value.shape, params[0].dtype))
    if got is None:
        return params, []
    reach = max(norm(value), *(norm(right * x) for right, x in zip(exact, wide, strict=True)))
    reasons = []
    for name, x, right, narrow in zip(problem.names, wide, exact, got, strict=True):
        slack = ROUNDING * reach / scale_of(x)
        if not norm(right - narrow.astype(np.float64)) <= AGREES * norm(right) + slack:
            says = f"{label(name)} computed in {params[0].dtype} is not what it is in float64"
            reasons.append(Reason("float32-differs", says, name))
    return wide, reasons


def _gradients(problem: Problem, params: Params, upstream: Array) -> tuple[Array, ...] | None:
    """For an upstream gradient of ones; None where what is answered is not numbers of the right shapes."""
    with_upstream = upstream.ndim > 0 if problem.with_upstream is None else problem.with_upstream
    answer = read(problem.answer(copies(params), upstream if with_upstream else None), problem.names, params)
    return None if answer.reasons else tuple(g for g in answer.gradients if g is not None)
