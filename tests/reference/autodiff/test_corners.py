"""Points at which a formula breaks down though there is a derivative, and arrays in which there is nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from reference.autodiff import grad, hessian, jacobian, jvp, ops, vjp

SINGULAR = [
    np.array([[1.0, 2.0], [2.0, 4.0]]),
    np.array([[1.0, 2.0, 0.0], [2.0, 4.0, 0.0], [0.0, 1.0, 0.0]]),
    np.zeros((3, 3)),
    np.zeros((1, 1)),
    np.stack([np.eye(2), np.zeros((2, 2)), np.ones((2, 2))]),
]


def _cofactors(a: Any) -> Any:
    """By their definition: signed determinants of what is left without a row and a column."""
    n = len(a)
    minors = [[np.delete(np.delete(a, i, 0), j, 1) for j in range(n)] for i in range(n)]
    return np.array([[(-1) ** (i + j) * np.linalg.det(minors[i][j]) for j in range(n)] for i in range(n)])


@pytest.mark.parametrize("a", SINGULAR, ids=lambda a: str(a.shape))
def test_the_determinant_of_a_singular_matrix_has_a_gradient(a: Any) -> None:
    stack = a if a.ndim == 3 else a[None]
    wanted = np.stack([_cofactors(one) for one in stack]).reshape(a.shape)
    np.testing.assert_allclose(grad(lambda a: np.sum(np.linalg.det(a)))(a), wanted, atol=1e-12)
    t = np.random.default_rng(0).normal(size=a.shape)
    _, tangent = jvp(np.linalg.det, [a], [t])
    np.testing.assert_allclose(tangent, (wanted * t).sum((-2, -1)), atol=1e-12)


def test_the_determinant_of_a_singular_matrix_has_second_derivatives() -> None:
    got = hessian(np.linalg.det)(np.zeros((2, 2)))
    wanted = np.zeros((2, 2, 2, 2))
    wanted[0, 0, 1, 1] = wanted[1, 1, 0, 0] = 1.0  # det = ad - bc
    wanted[0, 1, 1, 0] = wanted[1, 0, 0, 1] = -1.0
    np.testing.assert_allclose(got, wanted, atol=1e-12)


@pytest.mark.parametrize("f", [np.sqrt, lambda x: x**0.5, np.cbrt, lambda x: np.sqrt(x) + x * 3.0])
def test_an_infinite_slope_is_infinite_at_a_plain_number_too(f: Any) -> None:
    with np.errstate(divide="ignore"):
        assert grad(f)(0.0) == np.inf
        assert jvp(f, [0.0], [1.0])[1] == np.inf
        assert grad(f)(np.float64(0.0)) == np.inf


def test_what_was_added_before_the_slope_became_infinite_is_added_once() -> None:
    with np.errstate(divide="ignore", invalid="ignore"):
        dx, dy = grad(lambda x, y: ops.log(y) + x / ops.relu(y), (0, 1))(3.0, 1.0)
        assert (dx, dy) == (1.0, -2.0)
        dx, dy = grad(lambda x, y: x * np.sqrt(y), (0, 1))(3.0, 0.0)
        assert (dx, dy) == (0.0, np.inf)


@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize("layout", ["denominator", "numerator"])
def test_jacobians_of_nothing_have_their_shapes(mode: Any, layout: Any) -> None:
    def shape(f: Any, x: Any) -> tuple[int, ...]:
        found: Any = jacobian(f, mode=mode, layout=layout)(x)
        return tuple(found.shape)

    assert shape(lambda x: x * 2.0, np.zeros((0,))) == (0, 0)
    wanted = (2, 3, 0) if layout == "denominator" else (0, 2, 3)
    assert shape(lambda x: x.reshape(-1)[:0], np.zeros((2, 3))) == wanted
    wanted = (0, 3, 4) if layout == "denominator" else (4, 0, 3)
    assert shape(lambda x: np.sum(x) + np.ones(4), np.zeros((0, 3))) == wanted


def test_a_hessian_of_nothing_has_its_shape() -> None:
    assert hessian(lambda x: np.sum(x * x))(np.zeros((0,))).shape == (0, 0)


@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_a_jacobian_is_of_the_arguments_type(mode: Any) -> None:
    x = np.array([1.0, 2.0], np.float32)
    assert jacobian(lambda x: x * x, mode=mode)(x).dtype == np.float32
    assert jacobian(lambda x: x * x, mode=mode)(x.astype(float)).dtype == np.float64


def test_a_pull_may_follow_one_that_met_an_infinite_slope() -> None:
    _, pull = vjp(np.sqrt, 0.0)
    with np.errstate(divide="ignore"):
        assert pull(1.0) == (np.inf,)
        assert pull(2.0) == (np.inf,)
