"""Derivatives of derivatives keep their perturbations apart, whatever the mix of modes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from reference.autodiff import grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp

Function = Callable[..., Any]


def by_reverse(f: Function) -> Function:
    return grad(f)


def by_forward(f: Function) -> Function:
    return lambda x: jvp(f, [x], [1.0])[1]


def by_vjp(f: Function) -> Function:
    return lambda x: vjp(f, x)[1](1.0)[0]


MODES = [by_reverse, by_forward, by_vjp]
either = pytest.mark.parametrize("inner", MODES)
other = pytest.mark.parametrize("outer", MODES)


@either
@other
def test_the_classic_confusion(outer: Function, inner: Function) -> None:
    """d/dx x·(d/dy (x + y)) is 1, and 2 where the two perturbations are taken for one."""
    assert outer(lambda x: x * inner(lambda y: x + y)(1.0))(1.0) == 1.0


@either
@other
def test_an_outer_value_in_an_inner_function(outer: Function, inner: Function) -> None:
    """d/dx x·(d/dy x·y²) at y = 3 is 12x."""
    assert outer(lambda x: x * inner(lambda y: x * y * y)(3.0))(2.0) == 24.0


@either
@other
def test_the_inner_point_depends_on_the_outer(outer: Function, inner: Function) -> None:
    """d/dx of (d/dy sin(xy)) at y = x is d/dx x·cos(x²)."""
    got = outer(lambda x: inner(lambda y: np.sin(x * y))(x))(0.7)
    assert got == pytest.approx(np.cos(0.49) - 2 * 0.49 * np.sin(0.49), rel=1e-14)


@either
@other
def test_what_does_not_depend_on_the_inner_variable_has_derivative_zero(outer: Function, inner: Function) -> None:
    assert outer(lambda x: inner(lambda y: x * x)(1.0))(2.0) == 0.0
    assert outer(lambda x: x + inner(lambda y: 3.0)(1.0))(2.0) == 1.0


@pytest.mark.parametrize("third", MODES)
@either
@other
def test_three_levels(outer: Function, inner: Function, third: Function) -> None:
    def f(x: Any) -> Any:
        return x * inner(lambda y: y * x * third(lambda z: x * y * z * z)(y))(x)

    # third: 2xy·z at z = y: 2xy²; inner: d/dy 2x²y³ = 6x²y² at y = x; outer: d/dx 6x⁵ = 30x⁴
    assert outer(f)(2.0) == 480.0


@either
def test_every_order_of_an_exponential_and_a_power(inner: Function) -> None:
    f, g = np.exp, lambda x: x**4
    for value in (4 * 8.0, 12 * 4.0, 24 * 2.0, 24.0, 0.0):
        f, g = inner(f), inner(g)
        assert f(0.5) == pytest.approx(np.exp(0.5), rel=1e-14)
        assert g(2.0) == value


def test_reverse_over_reverse_forward_over_reverse_and_the_rest_agree() -> None:
    rng = np.random.default_rng(0)
    A, b, v = rng.standard_normal((3, 3)), rng.standard_normal(3), rng.standard_normal(3)

    def f(x: Any) -> Any:
        return np.sum(np.tanh(A @ x) ** 2 * x) + np.exp(b @ x)

    x = rng.standard_normal(3)
    by_modes = [jacobian(grad(f), mode=mode)(x) @ v for mode in ("reverse", "forward")]
    by_modes += [hessian(f)(x) @ v, hvp(f, [x], [v]), grad(lambda x: grad(f)(x) @ v)(x)]
    by_modes += [grad(lambda x: jvp(f, [x], [v])[1])(x), jvp(grad(f), [x], [v])[1]]
    for one in by_modes[1:]:
        np.testing.assert_allclose(one, by_modes[0], rtol=1e-12)


def test_the_jacobian_has_denominator_layout_and_numerator_on_request() -> None:
    A = np.arange(6.0).reshape(2, 3)
    for mode in ("reverse", "forward"):
        np.testing.assert_array_equal(jacobian(lambda x: A @ x, mode=mode)(np.ones(3)), A.T)
        got = jacobian(lambda x: A @ x, mode=mode, layout="numerator")(np.ones(3))
        np.testing.assert_array_equal(got, A)
        shape = jacobian(lambda x: x[:, None] * np.ones(4), mode=mode)(np.ones(3)).shape
        assert shape == (3, 3, 4)


def test_a_pullback_can_be_called_within_another_derivative() -> None:
    y, pull = vjp(lambda x: x**3, 2.0)
    assert grad(lambda g: pull(g)[0] ** 2)(1.5) == 2 * 1.5 * 12.0**2
    assert y == 8.0
    assert grad(lambda x: vjp(lambda z: z**3, x)[1](x)[0])(2.0) == 36.0  # d/dx 3x²·x


def test_a_closure_over_a_traced_value_works_in_loops_and_branches() -> None:
    def newton(a: Any) -> Any:
        x = 1.0
        for _ in range(30):
            f = lambda z: z * z - a  # noqa: E731
            value, slope = value_and_grad(f)(x)
            x = x - value / slope if abs(value) > 0 else x
        return x

    assert grad(newton)(2.0) == pytest.approx(0.5 / np.sqrt(2.0), rel=1e-12)


def test_an_exception_leaves_no_level_behind() -> None:
    def fails(x: Any) -> Any:
        raise RuntimeError("on purpose")

    for _ in range(3):
        with pytest.raises(RuntimeError):
            grad(grad(fails))(1.0)
    assert grad(lambda x: x * grad(lambda y: x + y)(1.0))(1.0) == 1.0


def test_threads_do_not_meet() -> None:
    inside, results = threading.Barrier(2), []

    def slow(x: Any) -> Any:
        inside.wait(timeout=30)
        return x * grad(lambda y: x * y)(3.0)

    threads = [threading.Thread(target=lambda k=k: results.append(grad(slow)(float(k)))) for k in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [2.0, 4.0]
