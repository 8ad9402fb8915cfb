"""Activations: values and slopes at any size, and the identities that hold between them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from reference import nn
from reference.autodiff import elementwise_grad, jacobian
from tests.reference.nn.support import assert_differentiates

HUGE = np.array([-1e3, 1e3])
NAMES = ["sigmoid", "tanh", "relu", "softplus", "softmax", "log_softmax"]

# fmt: off
AT_HUGE: list[tuple[Callable[..., Any], list[float], list[float]]] = [  # the values at -1e3 and 1e3, and the slopes
    (nn.sigmoid,                              [0.0, 1.0],   [0.0, 0.0]),
    (nn.tanh,                                 [-1.0, 1.0],  [0.0, 0.0]),
    (nn.relu,                                 [0.0, 1e3],   [0.0, 1.0]),
    (nn.softplus,                             [0.0, 1e3],   [0.0, 1.0]),
    (lambda x: nn.softplus(x, beta=20.0),     [0.0, 1e3],   [0.0, 1.0]),
]
# fmt: on


@pytest.mark.parametrize(("function", "values", "slopes"), AT_HUGE)
def test_huge_arguments(function: Callable[..., Any], values: list[float], slopes: list[float]) -> None:
    np.testing.assert_array_equal(function(HUGE), values)
    np.testing.assert_array_equal(elementwise_grad(function)(HUGE), slopes)


def test_huge_logits_of_softmax() -> None:
    z = np.array([[1e3, 0.0, -1e3], [-1e3, -1e3, -1e3]])
    np.testing.assert_allclose(nn.softmax(z), np.array([[1, 0, 0], [1 / 3] * 3]), atol=1e-300)
    np.testing.assert_allclose(nn.log_softmax(z), np.array([[0, -1e3, -2e3], [-math.log(3)] * 3]))
    assert np.all(np.isfinite(jacobian(nn.softmax)(z)))
    assert np.all(np.isfinite(jacobian(nn.log_softmax)(z)))


@pytest.mark.parametrize("name", NAMES)
def test_gradients(name: str) -> None:
    assert_differentiates(getattr(nn, name), x=np.random.default_rng(3).normal(0.0, 2.0, (3, 4)))


def test_softplus_bends_as_sharply_as_beta_says() -> None:
    x = np.linspace(-3.0, 3.0, 7)
    np.testing.assert_allclose(nn.softplus(x, beta=2.5), np.log1p(np.exp(2.5 * x)) / 2.5)
    np.testing.assert_allclose(elementwise_grad(lambda x: nn.softplus(x, beta=2.5))(x), nn.sigmoid(2.5 * x))
    assert_differentiates(lambda x: nn.softplus(x, beta=2.5), x=x)


@pytest.mark.parametrize("beta", [0.0, -1.0, float("nan")])
def test_softplus_refuses_a_beta_that_is_none(beta: float) -> None:
    with pytest.raises(ValueError, match="a beta above 0"):
        nn.softplus(np.ones(2), beta=beta)


def test_the_jacobian_of_softmax_is_the_lectures() -> None:
    z = np.array([0.5, -1.0, 2.0])
    p = nn.softmax(z)
    np.testing.assert_allclose(jacobian(nn.softmax)(z), np.diag(p) - np.outer(p, p), atol=1e-16)


def test_softmax_takes_an_axis() -> None:
    z = np.random.default_rng(0).normal(size=(3, 4))
    np.testing.assert_allclose(nn.softmax(z, axis=0), nn.softmax(z.T).T)
    np.testing.assert_allclose(np.exp(nn.log_softmax(z, axis=0)), nn.softmax(z, axis=0))


def test_relu_is_flat_at_its_kink() -> None:
    assert elementwise_grad(nn.relu)(np.zeros(2)).tolist() == [0.0, 0.0]
