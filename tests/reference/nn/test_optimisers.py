"""Optimisers against steps computed by hand, against CS231n's published numbers, and on a quadratic."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

from reference import nn
from reference.autodiff import grad

W = np.linspace(-0.4, 0.6, 20).reshape(4, 5)
G = np.linspace(-0.6, 0.4, 20).reshape(4, 5)

OPTIMISERS = {
    "sgd": nn.sgd(0.1),
    "momentum": nn.momentum(0.05),
    "nesterov": nn.nesterov(0.05),
    "adam": nn.adam(0.1),
}


def test_sgd_by_hand() -> None:
    descend = nn.sgd(0.5)
    w, state = descend.step({"W": np.array([1.0, 2.0])}, {"W": np.array([4.0, -2.0])}, descend.init({}))
    assert w["W"].tolist() == [-1.0, 3.0]
    assert state == ()


def test_momentum_by_hand() -> None:
    descend = nn.momentum(0.5, decay=0.5)
    w, v = descend.step(1.0, 4.0, descend.init(1.0))
    assert (w, v) == (-1.0, -2.0)
    w, v = descend.step(w, 2.0, v)  # v = 0.5·(−2) − 0.5·2
    assert (w, v) == (-3.0, -2.0)


def test_nesterov_by_hand() -> None:
    descend = nn.nesterov(0.5, decay=0.5)
    w, v = descend.step(1.0, 4.0, descend.init(1.0))  # v = −2, w = 1 − 1 − 2
    assert (w, v) == (-2.0, -2.0)
    w, v = descend.step(w, 2.0, v)  # v = −1 − 1, w = −2 − 1 − 1
    assert (w, v) == (-4.0, -2.0)


def test_nesterov_is_the_look_ahead_of_its_definition() -> None:
    """The definition steps from w with the gradient at w + decay·v; ours follows the point looked ahead to."""
    rate, decay, slope = 0.1, 0.9, grad(lambda w: 0.5 * 3.0 * w * w)
    w, v = 1.0, 0.0
    descend = nn.nesterov(rate, decay)
    ahead, memory = 1.0, descend.init(1.0)
    for _ in range(10):
        v = decay * v - rate * slope(w + decay * v)
        w = w + v
        ahead, memory = descend.step(ahead, slope(ahead), memory)
        assert ahead == pytest.approx(w + decay * v, rel=1e-12)


def test_momentum_gives_the_numbers_of_cs231n() -> None:
    velocity = np.linspace(0.6, 0.9, 20).reshape(4, 5)
    w, v = nn.momentum(1e-3, decay=0.9).step(W, G, velocity)
    row = [0.1406, 0.20738947, 0.27417895, 0.34096842, 0.40775789]
    np.testing.assert_allclose(w[0], row, atol=5e-9)
    np.testing.assert_allclose(w[3], [1.14244211, 1.20923158, 1.27602105, 1.34281053, 1.4096], atol=5e-9)
    np.testing.assert_allclose(v[0], [0.5406, 0.55475789, 0.56891579, 0.58307368, 0.59723158], atol=5e-9)


def test_adam_gives_the_numbers_of_cs231n() -> None:
    m, v = np.linspace(0.6, 0.9, 20).reshape(4, 5), np.linspace(0.7, 0.5, 20).reshape(4, 5)
    w, state = nn.adam(1e-2).step(W, G, {"t": 5, "m": m, "v": v})
    np.testing.assert_allclose(w[0], [-0.40094747, -0.34836187, -0.29577703, -0.24319299, -0.19060977], atol=5e-9)
    np.testing.assert_allclose(w[3], [0.38774145, 0.44031188, 0.49288093, 0.54544852, 0.59801459], atol=5e-9)
    np.testing.assert_allclose(state["v"][0], [0.69966, 0.68908382, 0.67851319, 0.66794809, 0.65738853], atol=5e-9)
    np.testing.assert_allclose(state["m"][0], [0.48, 0.49947368, 0.51894737, 0.53842105, 0.55789474], atol=5e-9)


@pytest.mark.parametrize("size", [1e-3, 1.0, 1e3])
def test_the_first_step_of_adam_is_the_learning_rate_whatever_the_gradient(size: float) -> None:
    descend = nn.adam(0.01)
    w, state = descend.step(np.zeros(3), size * np.array([1.0, -2.0, 3.0]), descend.init(np.zeros(3)))
    np.testing.assert_allclose(w, [-0.01, 0.01, -0.01], rtol=2e-5)
    assert state["t"] == 1


def test_two_steps_of_adam_by_hand() -> None:
    descend = nn.adam(0.1, beta1=0.5, beta2=0.75, epsilon=0.0)
    w, state = descend.step(0.0, 2.0, descend.init(0.0))
    w, state = descend.step(w, -4.0, state)
    m, v = 0.5 * 1.0 + 0.5 * -4.0, 0.75 * 1.0 + 0.25 * 16.0  # after one step m = 1, v = 1
    assert (state["m"], state["v"]) == (m, v)
    assert w == pytest.approx(-0.1 - 0.1 * (m / 0.75) / np.sqrt(v / (1 - 0.75**2)), rel=1e-14)


@pytest.mark.parametrize("name", OPTIMISERS)
def test_a_quadratic_is_descended(name: str) -> None:
    descend, slope = OPTIMISERS[name], grad(lambda p: np.sum(p["W"] ** 2) + (p["b"] - 3.0) ** 2)
    params: dict[str, Any] = {"W": np.array([[1.0, -2.0]]), "b": 0.0}
    state = descend.init(params)
    for _ in range(500):
        params, state = descend.step(params, slope(params), state)
    np.testing.assert_allclose(params["W"], 0.0, atol=1e-6)
    assert params["b"] == pytest.approx(3.0, abs=1e-6)


@pytest.mark.parametrize("name", OPTIMISERS)
def test_nothing_that_is_given_is_changed(name: str) -> None:
    descend = OPTIMISERS[name]
    params, gradients = {"a": [np.ones(2), np.ones((2, 3))]}, {"a": [np.full(2, 2.0), np.full((2, 3), 3.0)]}
    state = descend.step(params, gradients, descend.init(params))[1]
    given = params, gradients, state
    before = copy.deepcopy(given)
    new, _ = descend.step(*given)
    assert repr(given) == repr(before)
    assert [w.shape for w in new["a"]] == [(2,), (2, 3)]
