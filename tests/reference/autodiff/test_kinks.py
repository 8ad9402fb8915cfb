"""At a kink the derivative is what the convention says; near the edge of a domain it keeps its digits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from reference.autodiff import elementwise_grad, grad, hessian, jvp, ops, value_and_grad
from reference.autodiff.elementwise import expit, relu, softplus

# fmt: off
ENTRYWISE: list[tuple[Callable[[Any], Any], float, float]] = [
    (np.abs,                          0.0,  0.0),
    (np.fabs,                         0.0,  0.0),
    (relu,                            0.0,  0.0),
    (ops.relu,                        0.0,  0.0),
    (lambda x: np.maximum(x, 0.0),    0.0,  0.5),   # the two tie, and share
    (lambda x: np.minimum(1.0, x),    1.0,  0.5),
    (lambda x: np.maximum(x, x),      3.0,  1.0),
    (lambda x: np.clip(x, 0.0, 1.0),  0.0,  0.0),
    (lambda x: np.clip(x, 0.0, 1.0),  1.0,  0.0),
    (lambda x: np.clip(x, 0.0, 1.0),  0.5,  1.0),
    (lambda x: np.hypot(x, 0.0),      0.0,  0.0),
    (np.linalg.norm,                  0.0,  0.0),
    (lambda x: np.copysign(x, -1.0),  2.0, -1.0),
    (np.sign,                         0.0,  0.0),
    (np.floor,                        1.0,  0.0),
    (np.round,                        0.5,  0.0),
    (lambda x: np.heaviside(x, 0.5),  0.0,  0.0),
    (lambda x: x**0,                  0.0,  0.0),
    (lambda x: x**1,                  0.0,  1.0),
    (lambda x: x**2,                  0.0,  0.0),
    (lambda x: x**2.0,                0.0,  0.0),
    (lambda x: x**np.float64(2.0),   -3.0, -6.0),
    (lambda x: np.power(0.0, x),      2.0,  0.0),
    (np.sinc,                         0.0,  0.0),
    (lambda x: np.fmax(x, np.nan),    2.0,  1.0),
    (lambda x: np.fmin(np.nan, x),    2.0,  1.0),
    (lambda x: np.fmod(x, 2.0),      -3.0,  1.0),
    (lambda x: np.remainder(1.0, x),  0.1, -9.0),   # 1 // 0.1 is 9, though 1 / 0.1 is 10
    (lambda x: np.fmod(1.0, x),       0.1, -9.0),
    (lambda x: x * x + np.abs(x),     7.0, 15.0),
    (lambda x: x * x + np.abs(x),    -7.0, -15.0),
    (softplus,                     1000.0,  1.0),
    (softplus,                    -1000.0,  0.0),
    (expit,                        1000.0,  0.0),
]
# fmt: on


@pytest.mark.parametrize(("f", "x", "slope"), ENTRYWISE)
def test_of_one_number(f: Callable[[Any], Any], x: float, slope: float) -> None:
    assert grad(f)(x) == slope
    assert jvp(f, [x], [1.0])[1] == slope
    np.testing.assert_array_equal(elementwise_grad(f)(np.full((1,), x)), [slope])
    assert np.isfinite(grad(grad(f))(x))


# fmt: off
OF_SEVERAL: list[tuple[Callable[[Any], Any], list[float], list[float]]] = [
    (np.max,                     [1.0, 3.0, 3.0],  [0.0, 0.5, 0.5]),
    (np.min,                     [1.0, 1.0, 3.0],  [0.5, 0.5, 0.0]),
    (np.ptp,                     [2.0, 2.0],       [0.0, 0.0]),
    (np.std,                     [2.0, 2.0, 2.0],  [0.0, 0.0, 0.0]),
    (np.var,                     [2.0, 2.0, 2.0],  [0.0, 0.0, 0.0]),
    (np.linalg.norm,             [0.0, 0.0],       [0.0, 0.0]),
    (lambda x: np.linalg.norm(x, 1),      [0.0, -2.0], [0.0, -1.0]),
    (lambda x: np.linalg.norm(x, np.inf), [2.0, -2.0], [0.5, -0.5]),
    (np.prod,                    [0.0, 2.0, 3.0],  [6.0, 0.0, 0.0]),
    (np.prod,                    [0.0, 0.0, 3.0],  [0.0, 0.0, 0.0]),
    (lambda x: np.sort(x)[0],    [1.0, 1.0, 3.0],  [1.0, 0.0, 0.0]),  # entries that tie keep their order
    (np.median,                  [1.0, 5.0, 3.0],  [0.0, 0.0, 1.0]),
]
# fmt: on


@pytest.mark.parametrize(("f", "x", "gradient"), OF_SEVERAL)
def test_of_several_numbers(f: Callable[[Any], Any], x: list[float], gradient: list[float]) -> None:
    point = np.array(x)
    np.testing.assert_array_equal(grad(f)(point), gradient)
    tangents = [jvp(f, [point], [direction])[1] for direction in np.eye(len(x))]
    np.testing.assert_array_equal(tangents, gradient)
    assert np.all(np.isfinite(hessian(f)(point)))


def test_the_product_of_zeros_has_the_right_second_derivatives() -> None:
    np.testing.assert_array_equal(hessian(np.prod)(np.array([0.0, 0.0, 3.0])), [[0, 3, 0], [3, 0, 0], [0, 0, 0]])


def test_a_mixed_derivative_of_a_power_at_exponent_zero() -> None:
    """∂²/∂a∂b a^b = a^(b−1)·(1 + b·ln a), which is 1/a at b = 0."""
    mixed = grad(lambda b: grad(lambda a: a**b)(2.0))
    assert mixed(0.0) == pytest.approx(0.5)
    assert grad(lambda a: grad(lambda b: a**b)(0.0))(2.0) == pytest.approx(0.5)


@pytest.mark.parametrize("x", [0.0, 1e-9, 1e-4, 0.1, 0.31, 0.32, 1.0, 2.5])
def test_sinc_near_zero(x: float) -> None:
    """sinc″(0) = −π²/3, and sinc′ is known to full accuracy from its series."""
    ks = np.arange(1, 40)
    factorials = np.cumprod(np.arange(1.0, 2 * ks[-1] + 2))
    terms = (-1.0) ** ks * 2 * ks * np.pi ** (2.0 * ks) / factorials[2 * ks]
    scale = 1 + np.sum(np.abs(terms) * x ** (2 * ks - 2.0))  # of what cancels in the series itself
    slope = np.sum(terms * x ** (2 * ks - 1.0))
    curvature = np.sum(terms * (2 * ks - 1) * x ** (2 * ks - 2.0))
    assert abs(grad(np.sinc)(x) - slope) <= 1e-14 * scale * max(x, 1e-300)
    assert abs(grad(grad(np.sinc))(x) - curvature) <= 1e-12 * scale
    assert grad(grad(grad(np.sinc)))(x) == pytest.approx(
        np.sum(terms * (2 * ks - 1) * (2 * ks - 2) * x ** np.maximum(2 * ks - 3.0, 0)), abs=1e-9 * scale
    )


def test_derivatives_near_the_edge_of_the_domain_keep_their_digits() -> None:
    eps = 2.0**-40
    assert grad(np.arcsin)(1 - eps) == pytest.approx(1 / np.sqrt(eps * (2 - eps)), rel=1e-14)
    assert grad(np.arctanh)(1 - eps) == pytest.approx(1 / (eps * (2 - eps)), rel=1e-14)
    assert grad(np.arccosh)(1 + eps) == pytest.approx(1 / np.sqrt(eps * (2 + eps)), rel=1e-14)
    assert grad(np.expm1)(-40.0) == pytest.approx(np.exp(-40.0), rel=1e-14)


def test_where_numpy_warns_and_goes_on_a_traced_number_does_too() -> None:
    with np.errstate(all="ignore"):
        assert grad(lambda x: x * (np.log(x * 0.0) < 0))(2.0) == 1.0
        assert value_and_grad(np.exp)(1e3)[0] == np.inf
        assert np.isnan(value_and_grad(np.sqrt)(-1.0)[0])
        assert value_and_grad(ops.exp)(1e3)[0] == np.inf
        assert jvp(ops.exp, [1e3], [1.0]) == (np.inf, np.inf)
    with pytest.warns(RuntimeWarning, match="overflow"):
        value_and_grad(np.exp)(1e3)


def test_a_determinant_that_is_too_small_for_a_float_has_a_sign() -> None:
    a = np.diag(np.full(4, 1e-100)) * np.array([1, -1, 1, 1])
    sign, log = value_and_grad(lambda a: np.linalg.slogdet(a)[1])(a)[0], np.linalg.slogdet(a)[1]
    assert sign == log
    assert grad(lambda a: np.linalg.slogdet(a).sign * np.linalg.slogdet(a).logabsdet)(a)[0, 0] == pytest.approx(-1e100)


def test_the_published_trace_at_2_and_5() -> None:
    """Baydin et al. 2018, table 2: y = ln x₁ + x₁x₂ − sin x₂."""
    y, slopes = value_and_grad(lambda a, b: np.log(a) + a * b - np.sin(b), (0, 1))(2.0, 5.0)
    assert round(y, 3) == 11.652
    assert slopes[0] == 5.5
    assert round(slopes[1], 3) == 1.716
    assert jvp(lambda a, b: np.log(a) + a * b - np.sin(b), [2.0, 5.0], [1.0, 0.0])[1] == 5.5
