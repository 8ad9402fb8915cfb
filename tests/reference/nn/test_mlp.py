"""The perceptron: its parameters, its logits, and losses that other courses publish."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from reference import nn
from reference.nn import mlp
from tests.reference.nn.support import assert_differentiates


def _of_assignment_2() -> tuple[mlp.Params, np.ndarray, np.ndarray]:
    """The network and the batch with which CS231n's second assignment tests TwoLayerNet."""
    N, D, H, C = 3, 5, 50, 7
    params = {
        "W1": np.linspace(-0.7, 0.3, num=D * H).reshape(D, H),
        "b1": np.linspace(-0.1, 0.9, num=H),
        "W2": np.linspace(-0.3, 0.4, num=H * C).reshape(H, C),
        "b2": np.linspace(-0.9, 0.1, num=C),
    }
    return params, np.linspace(-5.5, 4.5, num=N * D).reshape(D, N).T, np.array([0, 5, 1])


def _of_assignment_1() -> tuple[mlp.Params, np.ndarray, np.ndarray]:
    """The toy network and batch of its first assignment, drawn as the handout draws them."""
    weights = np.random.RandomState(0)
    params = {
        "W1": 0.1 * weights.randn(4, 10),
        "b1": np.zeros(10),
        "W2": 0.1 * weights.randn(10, 3),
        "b2": np.zeros(3),
    }
    return params, 10 * np.random.RandomState(1).randn(5, 4), np.array([0, 1, 2, 2, 1])


def test_the_scores_of_cs231ns_second_assignment() -> None:
    params, X, _ = _of_assignment_2()
    wanted = [
        [11.53165108, 12.2917344, 13.05181771, 13.81190102, 14.57198434, 15.33206765, 16.09215096],
        [12.05769098, 12.74614105, 13.43459113, 14.1230412, 14.81149128, 15.49994135, 16.18839143],
        [12.58373087, 13.20054771, 13.81736455, 14.43418138, 15.05099822, 15.66781506, 16.2846319],
    ]
    np.testing.assert_allclose(mlp.forward(params, X), wanted, atol=5e-9)


@pytest.mark.parametrize(("strength", "wanted"), [(0.0, 3.4702243556), (1.0, 26.5948426952)])
def test_the_loss_of_cs231ns_second_assignment(strength: float, wanted: float) -> None:
    params, X, y = _of_assignment_2()
    loss = nn.cross_entropy(mlp.forward(params, X), y) + nn.l2_penalty(params, strength)
    assert loss == pytest.approx(wanted, abs=5e-11)


def test_the_scores_and_the_loss_of_cs231ns_first_assignment() -> None:
    params, X, y = _of_assignment_1()
    wanted = [
        [-0.81233741, -1.27654624, -0.70335995],
        [-0.17129677, -1.18803311, -0.47310444],
        [-0.51590475, -1.01354314, -0.8504215],
        [-0.15419291, -0.48629638, -0.52901952],
        [-0.00618733, -0.12435261, -0.15226949],
    ]
    np.testing.assert_allclose(mlp.forward(params, X), wanted, atol=5e-9)
    loss = nn.cross_entropy(mlp.forward(params, X), y) + nn.l2_penalty(params, 0.05, scale=1.0)
    assert loss == pytest.approx(1.30378789133, abs=5e-12)


@pytest.mark.parametrize("strength", [0.0, 0.7])
def test_the_gradients_of_that_loss(strength: float) -> None:
    params, X, y = _of_assignment_1()

    def loss(W1: Any, b1: Any, W2: Any, b2: Any) -> Any:
        of = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
        return nn.cross_entropy(mlp.forward(of, X), y) + nn.l2_penalty(of, strength)

    assert_differentiates(loss, **params)


@pytest.mark.parametrize("activation", [nn.relu, nn.tanh, nn.sigmoid, nn.softplus])
def test_the_logits_are_those_written_out(activation: Callable[[Any], Any]) -> None:
    rng = np.random.default_rng(0)
    params, x = mlp.init((4, 6, 5, 3), rng, activation=activation), rng.normal(size=(7, 4))
    hidden = activation(activation(x @ params["W1"] + params["b1"]) @ params["W2"] + params["b2"])
    wanted = hidden @ params["W3"] + params["b3"]
    np.testing.assert_allclose(mlp.forward(params, x, activation=activation), wanted, rtol=1e-14)
    assert mlp.depth(params) == 3


def test_no_hidden_layer_is_a_linear_classifier() -> None:
    params = mlp.init((4, 3), np.random.default_rng(0))
    x = np.eye(4)
    np.testing.assert_array_equal(mlp.forward(params, x), params["W1"])


def test_weights_are_drawn_as_the_activation_needs() -> None:
    for activation, variance in [(nn.relu, 2 / 400), (nn.tanh, 2 / 500)]:
        params = mlp.init((400, 100, 2), np.random.default_rng(0), activation=activation)
        assert params["W1"].var() == pytest.approx(variance, rel=0.03)
        assert not params["b1"].any()


@pytest.mark.parametrize("sizes", [(), (3,), (3, 0, 2)])
def test_sizes_that_make_no_network_are_refused(sizes: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="each above 0"):
        mlp.init(sizes, np.random.default_rng(0))
