"""The derivatives of random scalar expressions, orders 1 to 3, are those that SymPy finds by symbols."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.autodiff import grad, hessian, jvp

x, y = sympy.symbols("x y", real=True)
POINT = (0.7, 1.3)
PRECISION = 40  # digits that SymPy computes with
ROUNDING = 1e-9  # relative to the largest number on the way


@dataclass(frozen=True)
class Pair:
    """One expression, for both."""

    ours: Callable[[Any, Any], Any]
    theirs: Any

    def __repr__(self) -> str:
        return str(self.theirs)


# fmt: off
LEAVES = st.one_of(
    st.sampled_from([Pair(lambda a, b: a, x), Pair(lambda a, b: b, y)]),
    st.integers(-3, 3).map(lambda k: Pair(lambda a, b: float(k), sympy.Integer(k))),
)
# Functions that are smooth on all real numbers, or are made so.
ONE: list[tuple[Any, Any]] = [
    (np.sin,                              sympy.sin),
    (np.cos,                              sympy.cos),
    (np.tanh,                             sympy.tanh),
    (np.arctan,                           sympy.atan),
    (np.arcsinh,                          sympy.asinh),
    (np.square,                           lambda u: u**2),
    (np.negative,                         lambda u: -u),
    (lambda u: np.exp(np.sin(u)),         lambda u: sympy.exp(sympy.sin(u))),
    (lambda u: np.expm1(np.cos(u)),       lambda u: sympy.exp(sympy.cos(u)) - 1),
    (lambda u: np.log1p(u * u),           lambda u: sympy.log(1 + u**2)),
    (lambda u: np.sqrt(u * u + 1.0),      lambda u: sympy.sqrt(u**2 + 1)),
    (lambda u: np.log(u**2 + 2.0),        lambda u: sympy.log(u**2 + 2)),
    (lambda u: np.log2(u**2 + 2.0),       lambda u: sympy.log(u**2 + 2, 2)),
    (lambda u: 1.0 / (u * u + 1.0),       lambda u: 1 / (u**2 + 1)),
    (lambda u: np.reciprocal(u * u + 3.), lambda u: 1 / (u**2 + 3)),
    (lambda u: u**3,                      lambda u: u**3),
    (lambda u: np.cbrt(u * u + 1.0),      lambda u: (u**2 + 1) ** sympy.Rational(1, 3)),
    (lambda u: 2.0**np.tanh(u),           lambda u: 2 ** sympy.tanh(u)),
    (lambda u: np.exp2(np.sin(u)),        lambda u: 2 ** sympy.sin(u)),
    (lambda u: np.sinh(np.sin(u)),        lambda u: sympy.sinh(sympy.sin(u))),
    (lambda u: np.cosh(np.cos(u)),        lambda u: sympy.cosh(sympy.cos(u))),
    (lambda u: np.tan(np.sin(u)),         lambda u: sympy.tan(sympy.sin(u))),
    (lambda u: np.arcsin(0.9 * np.sin(u)), lambda u: sympy.asin(sympy.Rational(9, 10) * sympy.sin(u))),
    (lambda u: np.arccos(0.9 * np.sin(u)), lambda u: sympy.acos(sympy.Rational(9, 10) * sympy.sin(u))),
    (lambda u: np.arctanh(0.5 * np.sin(u)), lambda u: sympy.atanh(sympy.sin(u) / 2)),
    (lambda u: np.arccosh(u * u + 2.0),   lambda u: sympy.acosh(u**2 + 2)),
]
TWO: list[tuple[Any, Any]] = [
    (np.add,                              lambda u, v: u + v),
    (np.subtract,                         lambda u, v: u - v),
    (np.multiply,                         lambda u, v: u * v),
    (lambda u, v: u / (v * v + 1.0),      lambda u, v: u / (v**2 + 1)),
    (lambda u, v: (u * u + 1.0) ** np.sin(v), lambda u, v: (u**2 + 1) ** sympy.sin(v)),
    (lambda u, v: np.logaddexp(np.sin(u), np.cos(v)),
     lambda u, v: sympy.log(sympy.exp(sympy.sin(u)) + sympy.exp(sympy.cos(v)))),
    (lambda u, v: np.arctan2(np.sin(u), v * v + 1.0), lambda u, v: sympy.atan(sympy.sin(u) / (v**2 + 1))),
]
# fmt: on


def _extended(smaller: st.SearchStrategy[Pair]) -> st.SearchStrategy[Pair]:
    def one(choice: int, u: Pair) -> Pair:
        ours, theirs = ONE[choice]
        return Pair(lambda a, b: ours(u.ours(a, b)), theirs(u.theirs))

    def two(choice: int, u: Pair, v: Pair) -> Pair:
        ours, theirs = TWO[choice]
        return Pair(lambda a, b: ours(u.ours(a, b), v.ours(a, b)), theirs(u.theirs, v.theirs))

    return st.builds(one, st.integers(0, len(ONE) - 1), smaller) | st.builds(
        two, st.integers(0, len(TWO) - 1), smaller, smaller
    )


EXPRESSIONS = st.recursive(LEAVES, _extended, max_leaves=5)


def exactly(expression: Any) -> float:
    return float(expression.evalf(PRECISION, subs={x: sympy.Float(POINT[0], 60), y: sympy.Float(POINT[1], 60)}))


def close(ours: Any, theirs: Any, scale: float) -> None:
    expected = exactly(theirs)
    assert abs(ours - expected) <= ROUNDING * (scale + abs(expected)), (ours, expected)


@given(EXPRESSIONS)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_expressions(pair: Pair) -> None:
    f, e = pair.ours, sympy.sympify(pair.theirs)
    scale = 1.0 + abs(float(np.asarray(f(*POINT))))
    close(f(*POINT), e, scale)
    both = grad(f, (0, 1))(*POINT)
    close(both[0], e.diff(x), scale)
    close(both[1], e.diff(y), scale)
    close(jvp(f, list(POINT), [1.0, 0.0])[1], e.diff(x), scale)
    close(hessian(lambda a: f(a, POINT[1]))(POINT[0]), e.diff(x, 2), scale)
    close(grad(lambda a: grad(f, 1)(a, POINT[1]))(POINT[0]), e.diff(x, y), scale)


@given(st.integers(0, len(ONE) - 1))
@settings(max_examples=len(ONE), deadline=None, derandomize=True)
def test_third_derivatives_of_one_function(choice: int) -> None:
    ours, theirs = ONE[choice]
    close(grad(grad(grad(ours)))(POINT[0]), theirs(x).diff(x, 3), 1.0)


def test_every_function_is_right_by_itself() -> None:
    for ours, theirs in ONE:
        close(grad(ours)(POINT[0]), theirs(x).diff(x), 1.0)
        close(jvp(lambda u, f=ours: grad(f)(u), [POINT[0]], [1.0])[1], theirs(x).diff(x, 2), 1.0)
    for ours, theirs in TWO:
        close(grad(ours, 0)(*POINT), theirs(x, y).diff(x), 1.0)
        close(grad(lambda a, f=ours: grad(f, 1)(a, POINT[1]))(POINT[0]), theirs(x, y).diff(x, y), 1.0)
