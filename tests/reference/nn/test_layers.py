"""Layers: what they compute, and their gradients by every argument."""

from __future__ import annotations

import numpy as np
import pytest

from reference import nn
from reference.autodiff import Tensor, grad, value_and_grad
from tests.reference.nn.support import assert_differentiates

N, D, H = 6, 4, 3


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(11)


def test_affine_gives_the_numbers_of_cs231n() -> None:
    x = np.linspace(-0.1, 0.5, 2 * 120).reshape(2, 120)
    W, b = np.linspace(-0.2, 0.3, 120 * 3).reshape(120, 3), np.linspace(-0.3, 0.1, 3)
    wanted = [[1.49834967, 1.70660132, 1.91485297], [3.25553199, 3.5141327, 3.77273342]]
    np.testing.assert_allclose(nn.affine(x, W, b), wanted, atol=5e-9)


def test_gradients_of_affine(rng: np.random.Generator) -> None:
    assert_differentiates(nn.affine, x=rng.normal(size=(N, D)), W=rng.normal(size=(D, H)), b=rng.normal(size=H))


def test_batch_norm_in_training_normalises_each_feature(rng: np.random.Generator) -> None:
    x, gamma, beta = rng.normal(3.0, 5.0, (200, D)), np.array([1.0, 2.0, 3.0, -1.0]), np.array([0.0, 1.0, 2.0, 3.0])
    y, _ = nn.batch_norm(x, gamma, beta, nn.batch_norm_state(D), training=True)
    np.testing.assert_allclose(y.mean(axis=0), beta, atol=1e-12)
    np.testing.assert_allclose(y.std(axis=0), np.abs(gamma), rtol=1e-5)


def test_the_running_averages_of_batch_norm(rng: np.random.Generator) -> None:
    x, state = rng.normal(2.0, 3.0, (N, D)), {"mean": np.full(D, 10.0), "variance": np.full(D, 20.0)}
    _, new = nn.batch_norm(x, np.ones(D), np.zeros(D), state, training=True, momentum=0.75)
    np.testing.assert_allclose(new["mean"], 7.5 + x.mean(axis=0) / 4)
    np.testing.assert_allclose(new["variance"], 15.0 + x.var(axis=0) / 4)
    assert state["mean"].tolist() == [10.0] * D, "what was given is not changed"


def test_batch_norm_after_training_takes_the_running_averages(rng: np.random.Generator) -> None:
    x, state = rng.normal(size=(N, D)), {"mean": np.full(D, 1.0), "variance": np.full(D, 4.0)}
    y, same = nn.batch_norm(x, np.full(D, 3.0), np.full(D, 5.0), state, training=False, epsilon=0.0)
    np.testing.assert_allclose(y, (x - 1) / 2 * 3 + 5)
    assert same is state
    one = nn.batch_norm(x[:1], np.full(D, 3.0), np.full(D, 5.0), state, training=False, epsilon=0.0)[0]
    np.testing.assert_array_equal(one, y[:1], "an example does not depend on its batch")


@pytest.mark.parametrize("training", [True, False])
def test_gradients_of_batch_norm(training: bool, rng: np.random.Generator) -> None:
    state = {"mean": rng.normal(size=D), "variance": rng.uniform(0.5, 2.0, D)}
    assert_differentiates(
        lambda x, gamma, beta: nn.batch_norm(x, gamma, beta, state, training=training)[0],
        x=rng.normal(1.0, 2.0, (N, D)),
        gamma=rng.normal(size=D),
        beta=rng.normal(size=D),
    )


def test_the_state_of_batch_norm_is_plain_within_a_derivative(rng: np.random.Generator) -> None:
    x, kept = rng.normal(size=(N, D)), []

    def loss(x: np.ndarray) -> Tensor:
        y, state = nn.batch_norm(x, np.ones(D), np.zeros(D), nn.batch_norm_state(D), training=True)
        kept.append(state)
        total: Tensor = np.sum(y**3)
        return total

    grad(loss)(x)
    grad(lambda x: np.sum(grad(loss)(x) ** 2))(x)
    assert [type(value) for state in kept for value in state.values()] == [np.ndarray] * 4
    np.testing.assert_array_equal(kept[0]["mean"], kept[1]["mean"])


def test_equal_examples_have_a_finite_batch_norm() -> None:
    state = nn.batch_norm_state(D)
    value, gradient = value_and_grad(
        lambda x: np.sum(nn.batch_norm(x, np.ones(D), np.zeros(D), state, training=True)[0])
    )(np.full((N, D), 1e3))
    assert value == 0.0
    np.testing.assert_allclose(gradient, 0.0, atol=1e-9)


def test_layer_norm_normalises_each_example(rng: np.random.Generator) -> None:
    x = rng.normal(2.0, 4.0, (N, 50))
    y = nn.layer_norm(x, np.full(50, 2.0), np.full(50, 1.0))
    np.testing.assert_allclose(y.mean(axis=1), 1.0)
    np.testing.assert_allclose(y.std(axis=1), 2.0, rtol=1e-5)
    np.testing.assert_allclose(nn.layer_norm(x[2:3], np.full(50, 2.0), np.full(50, 1.0)), y[2:3])


def test_layer_norm_is_batch_norm_of_the_transpose(rng: np.random.Generator) -> None:
    x = rng.normal(size=(N, D))
    turned, _ = nn.batch_norm(x.T, np.ones(N), np.zeros(N), nn.batch_norm_state(N), training=True)
    np.testing.assert_allclose(nn.layer_norm(x, np.ones(D), np.zeros(D)), turned.T, rtol=1e-13)


def test_gradients_of_layer_norm(rng: np.random.Generator) -> None:
    params = {"x": rng.normal(1.0, 2.0, (N, D)), "gamma": rng.normal(size=D), "beta": rng.normal(size=D)}
    assert_differentiates(nn.layer_norm, **params)


def test_dropout_keeps_the_share_and_the_mean() -> None:
    x = np.full((500, 400), 3.0)
    y = nn.dropout(x, 0.8, np.random.default_rng(0), training=True)
    assert set(np.unique(y)) == {0.0, 3.0 / 0.8}
    assert np.mean(y != 0) == pytest.approx(0.8, abs=0.005)  # 0.0009 is one standard deviation
    assert y.mean() == pytest.approx(3.0, rel=0.01)


def test_dropout_is_the_identity_after_training_and_draws_nothing(rng: np.random.Generator) -> None:
    x, before = rng.normal(size=(N, D)), rng.bit_generator.state
    assert nn.dropout(x, 0.5, rng, training=False) is x
    assert nn.dropout(x, 1.0, rng, training=True) is x
    assert rng.bit_generator.state == before


def test_the_gradient_of_dropout_has_the_same_mask(rng: np.random.Generator) -> None:
    x = rng.normal(size=(N, D))
    assert_differentiates(lambda x: nn.dropout(x, 0.6, np.random.default_rng(5), training=True), x=x)


@pytest.mark.parametrize("keep", [0.0, -0.1, 1.1, float("nan")])
def test_dropout_refuses_what_is_no_probability(keep: float, rng: np.random.Generator) -> None:
    with pytest.raises(ValueError, match="a probability above 0"):
        nn.dropout(np.ones(3), keep, rng, training=True)
