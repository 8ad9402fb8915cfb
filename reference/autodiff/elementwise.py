"""Derivative rules of functions that act entry by entry: every differentiable ufunc of NumPy's, where, clip, relu.

Each column after the function is g·∂y/∂x_i for one argument, given g, the value y and the arguments. It turns an
upstream gradient into the argument's, and the argument's tangent into that of y, since a diagonal Jacobian is its own
transpose.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from reference.autodiff.errors import NotDifferentiable
from reference.autodiff.rules import CONSTANT, Rule, elementwise, enter, primitive, strictly

LN2, LN10 = math.log(2.0), math.log(10.0)
DEGREES = 180.0 / math.pi


def _chosen(g: Any, y: Any, a: Any, b: Any) -> Any:
    """g where a is the one of the two that y is, half of it where both are."""
    return g * (a == y) - (0.5 * g) * (a == b)


def _other(g: Any, y: Any, a: Any, b: Any) -> Any:
    return _chosen(g, y, b, a)


def _power_of(g: Any, y: Any, a: Any, b: Any) -> Any:
    """g·b·a^(b−1); 0 where b is 0, at a = 0 too."""
    if type(b) in (int, float) and b != 0:
        return g * (b * a ** (b - 1))
    return g * b * a ** np.where((a == 0) & (b == 0), 1.0, b - 1)


def _power_to(g: Any, y: Any, a: Any, b: Any) -> Any:
    """g·y·ln a; 0 where a is 0, where the limit is that for every b > 0."""
    return g * y * np.log(np.where(a == 0, 1.0, a))


@primitive
def relu(x: Any) -> Any:
    """max(x, 0)."""
    return np.maximum(x, 0.0)


@primitive
def expit(x: Any) -> Any:
    """1 / (1 + exp(−x)), at any size of x, and to the last digits of what is small, as tanh would not give it."""
    with np.errstate(over="ignore"):  # where exp(−x) is infinite, the quotient is 0, as it should be
        return 1.0 / (1.0 + np.exp(-x))


@primitive
def softplus(x: Any) -> Any:
    """ln(1 + exp(x)), at any size of x."""
    return np.logaddexp(0.0, x)


# fmt: off
ADD      = elementwise(np.add,         lambda g, y, a, b: g,            lambda g, y, a, b: g)
SUBTRACT = elementwise(np.subtract,    lambda g, y, a, b: g,            lambda g, y, a, b: -g)
MULTIPLY = elementwise(np.multiply,    lambda g, y, a, b: g * b,        lambda g, y, a, b: g * a)
DIVIDE   = elementwise(np.true_divide, lambda g, y, a, b: g / b,        lambda g, y, a, b: -g * y / b)
POWER    = elementwise(np.power,       _power_of,                       _power_to)
elementwise(np.float_power,            _power_of,                       _power_to)
elementwise(np.maximum,                _chosen,                         _other)
elementwise(np.minimum,                _chosen,                         _other)
elementwise(np.fmax,                   _chosen,                         _other)
elementwise(np.fmin,                   _chosen,                         _other)
elementwise(np.arctan2,   lambda g, y, a, b: g * b / (a * a + b * b),   lambda g, y, a, b: -g * a / (a * a + b * b))
elementwise(np.hypot,     lambda g, y, a, b: g * _ratio(a, y),          lambda g, y, a, b: g * _ratio(b, y))
elementwise(np.logaddexp, lambda g, y, a, b: g * np.exp(a - y),         lambda g, y, a, b: g * np.exp(b - y))
elementwise(np.logaddexp2, lambda g, y, a, b: g * np.exp2(a - y),       lambda g, y, a, b: g * np.exp2(b - y))
elementwise(np.copysign,  lambda g, y, a, b: g * np.sign(a) * np.copysign(1.0, b), lambda g, y, a, b: 0.0 * g)
elementwise(np.remainder, lambda g, y, a, b: g,                         lambda g, y, a, b: -g * np.floor_divide(a, b))
elementwise(np.fmod,      lambda g, y, a, b: g,                         lambda g, y, a, b: -g * np.rint((a - y) / b))
elementwise(np.heaviside, lambda g, y, a, b: 0.0 * g,                   lambda g, y, a, b: g * (a == 0))
elementwise(np.ldexp,     lambda g, y, a, n: np.ldexp(g, n))

NEGATIVE = elementwise(np.negative, lambda g, y, x: -g)
elementwise(np.positive,   lambda g, y, x: g)
elementwise(np.absolute,   lambda g, y, x: g * np.sign(x),              scalar=abs)
elementwise(np.fabs,       lambda g, y, x: g * np.sign(x),              scalar=abs)
elementwise(np.conjugate,  lambda g, y, x: g)
elementwise(np.square,     lambda g, y, x: g * (2.0 * x))
elementwise(np.sqrt,       lambda g, y, x: g / (2.0 * y),               scalar=math.sqrt)
elementwise(np.cbrt,       lambda g, y, x: g / (3.0 * y * y))
elementwise(np.reciprocal, lambda g, y, x: -g * y * y)
EXP = elementwise(np.exp,  lambda g, y, x: g * y,                       scalar=math.exp)
elementwise(np.exp2,       lambda g, y, x: g * (LN2 * y))
elementwise(np.expm1,      lambda g, y, x: g * np.exp(x),               scalar=math.expm1)
LOG = elementwise(np.log,  lambda g, y, x: g / x,                       scalar=math.log)
elementwise(np.log2,       lambda g, y, x: g / (LN2 * x),               scalar=math.log2)
elementwise(np.log10,      lambda g, y, x: g / (LN10 * x),              scalar=math.log10)
elementwise(np.log1p,      lambda g, y, x: g / (1.0 + x),               scalar=math.log1p)
SIN = elementwise(np.sin,  lambda g, y, x: g * np.cos(x),               scalar=math.sin)
COS = elementwise(np.cos,  lambda g, y, x: -g * np.sin(x),              scalar=math.cos)
elementwise(np.tan,        lambda g, y, x: g * (1.0 + y * y),           scalar=math.tan)
elementwise(np.arcsin,     lambda g, y, x: g / np.sqrt((1.0 - x) * (1.0 + x)),  scalar=math.asin)
elementwise(np.arccos,     lambda g, y, x: -g / np.sqrt((1.0 - x) * (1.0 + x)), scalar=math.acos)
elementwise(np.arctan,     lambda g, y, x: g / (1.0 + x * x),           scalar=math.atan)
elementwise(np.sinh,       lambda g, y, x: g * np.cosh(x),              scalar=math.sinh)
elementwise(np.cosh,       lambda g, y, x: g * np.sinh(x),              scalar=math.cosh)
TANH = elementwise(np.tanh, lambda g, y, x: g * (1.0 - y * y),          scalar=math.tanh)
elementwise(np.arcsinh,    lambda g, y, x: g / np.sqrt(x * x + 1.0),    scalar=math.asinh)
elementwise(np.arccosh,    lambda g, y, x: g / np.sqrt((x - 1.0) * (x + 1.0)),  scalar=math.acosh)
elementwise(np.arctanh,    lambda g, y, x: g / ((1.0 - x) * (1.0 + x)), scalar=math.atanh)
elementwise(np.deg2rad,    lambda g, y, x: g / DEGREES)
elementwise(np.radians,    lambda g, y, x: g / DEGREES)
elementwise(np.rad2deg,    lambda g, y, x: g * DEGREES)
elementwise(np.degrees,    lambda g, y, x: g * DEGREES)
elementwise(np.sinc,       lambda g, y, x: g * _sinc_slope(y, x))
RELU = elementwise(relu,   lambda g, y, x: g * (y > 0))
EXPIT = elementwise(expit,     lambda g, y, x: g * (y * (1.0 - y)))
SOFTPLUS = elementwise(softplus, lambda g, y, x: g * expit(x))
# fmt: on


def _ratio(a: Any, y: Any) -> Any:
    """a / y; 0 where y is 0."""
    return a / np.where(y == 0, 1.0, y)


def _sinc_slope(y: Any, x: Any) -> Any:
    """(cos πx − y) / x; near 0, where that is 0 / 0, the power series Σ_k (−1)^k 2k π^(2k) x^(2k−1) / (2k+1)!."""
    near = np.abs(x) < 1.0 / math.pi
    inner, outer = np.where(near, x, 0.0), np.where(near, 1.0, x)
    series: Any = 0.0
    for c in _SINC_SERIES:
        series = series * (inner * inner) + c
    return np.where(near, series * inner, (np.cos(math.pi * outer) - y) / outer)


_SINC_SERIES = [(-1.0) ** k * 2 * k * math.pi ** (2 * k) / math.factorial(2 * k + 1) for k in range(12, 0, -1)]


# ------------------------------------------------------------------------------- with arguments that are not traced


def _bind_where(condition: Any, x: Any, y: Any) -> tuple[Any, ...]:
    return condition, x, y


def _bind_clip(a: Any, a_min: Any = None, a_max: Any = None, **bounds: Any) -> tuple[Any, ...]:
    if bounds.keys() - {"min", "max"}:
        raise NotDifferentiable(f"np.clip(..., {min(bounds)}=...) has no derivative rule: leave it out")
    return a, bounds.get("min", a_min), bounds.get("max", a_max)


def _inside(g: Any, y: Any, x: Any, low: Any, high: Any) -> Any:
    """g strictly between the bounds."""
    inside = (x > (-np.inf if low is None else low)) & (x < (np.inf if high is None else high))
    return g * inside


def _if(g: Any, y: Any, c: Any, a: Any, b: Any) -> Any:
    return np.where(c, g, 0.0)


def _else(g: Any, y: Any, c: Any, a: Any, b: Any) -> Any:
    return np.where(c, 0.0, g)


# fmt: off
_BY_CHOICE = (None, _if, _else)
_BY_PLACE  = (_inside, None, None)
enter(np.where, Rule("where", np.where, _BY_CHOICE, _BY_CHOICE, strictly(np.where, _bind_where), broadcasts=True))
enter(np.clip,  Rule("clip",  np.clip,  _BY_PLACE,  _BY_PLACE,  strictly(np.clip, _bind_clip),   broadcasts=True))

CONSTANT |= {
    np.floor, np.ceil, np.trunc, np.rint, np.round, np.fix, np.sign, np.signbit, np.floor_divide, np.spacing, np.isnan,
    np.isinf, np.isfinite, np.isclose, np.allclose, np.array_equal, np.greater, np.greater_equal, np.less,
    np.less_equal, np.equal, np.not_equal, np.logical_and, np.logical_or, np.logical_not, np.logical_xor, np.any,
    np.all, np.argmax, np.argmin, np.argsort, np.nonzero, np.flatnonzero, np.count_nonzero, np.searchsorted, np.shape,
    np.ndim, np.size, np.zeros_like, np.ones_like, np.empty_like, np.result_type, np.iscomplexobj,
    np.isrealobj, np.unravel_index, np.around, np.iscomplex, np.isreal, np.isposinf, np.isneginf, np.argwhere,
    np.argpartition, np.nanargmax, np.nanargmin, np.digitize, np.isin, np.lexsort, np.array_equiv,
}
# fmt: on
