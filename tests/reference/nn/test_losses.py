"""Losses: by their definitions, at any size of the logits, and their gradients."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from reference import nn
from reference.autodiff import grad, jvp, value_and_grad
from tests.reference.nn.support import assert_differentiates, assert_finite

N, C = 5, 3
LABELS = np.array([0, 2, 1, 1, 2])
BINARY = np.array([1.0, 0.0, 1.0, 1.0, 0.0])
SIGNS = 2.0 * BINARY - 1.0


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


def test_squared_loss_by_its_definition(rng: np.random.Generator) -> None:
    prediction, y = rng.normal(size=(2, N, C))
    wanted = sum(float((p - t) ** 2) for p, t in zip(prediction.ravel(), y.ravel(), strict=True))
    assert nn.squared_loss(prediction, y) == pytest.approx(wanted / N)
    assert nn.squared_loss(prediction, y, scale=0.5, reduction="sum") == pytest.approx(wanted / 2)
    assert nn.squared_loss(3.0, 5.0, scale=0.5) == 2.0


def test_cross_entropy_by_its_definition(rng: np.random.Generator) -> None:
    z = rng.normal(size=(N, C))
    terms = [-math.log(math.exp(row[label]) / sum(map(math.exp, row))) for row, label in zip(z, LABELS, strict=True)]
    assert nn.cross_entropy(z, LABELS) == pytest.approx(sum(terms) / N)
    assert nn.cross_entropy(z, LABELS, reduction="sum") == pytest.approx(sum(terms))
    assert nn.cross_entropy(z, nn.one_hot(LABELS, C)) == nn.cross_entropy(z, LABELS)


def test_cross_entropy_of_soft_labels(rng: np.random.Generator) -> None:
    z, y = rng.normal(size=(N, C)), rng.dirichlet(np.ones(C), N)
    assert nn.cross_entropy(z, y) == pytest.approx(-np.sum(y * np.log(nn.softmax(z))) / N)


def test_equal_logits_cost_the_logarithm_of_the_number_of_classes() -> None:
    assert nn.cross_entropy(np.full((4, 10), 1e3), np.arange(4)) == pytest.approx(math.log(10), rel=1e-15)
    assert nn.binary_cross_entropy(np.zeros(4), np.ones(4)) == pytest.approx(math.log(2), rel=1e-15)


def test_binary_cross_entropy_is_cross_entropy_of_two_classes(rng: np.random.Generator) -> None:
    z = rng.normal(size=N)
    of_two = nn.cross_entropy(np.stack([np.zeros(N), z], axis=1), BINARY.astype(int))
    assert nn.binary_cross_entropy(z, BINARY) == pytest.approx(of_two, rel=1e-14)
    assert nn.binary_cross_entropy_of_probabilities(nn.sigmoid(z), BINARY) == pytest.approx(of_two, rel=1e-14)
    assert nn.binary_cross_entropy(z, BINARY, reduction="sum") == pytest.approx(N * of_two, rel=1e-14)


def test_hinge_by_its_definition(rng: np.random.Generator) -> None:
    s = rng.normal(size=(N, C))
    terms = [max(0.0, s[n, c] - s[n, LABELS[n]] + 0.7) for n in range(N) for c in range(C) if c != LABELS[n]]
    assert nn.hinge_loss(s, LABELS, margin=0.7) == pytest.approx(sum(terms) / N)
    assert nn.hinge_loss(s, nn.one_hot(LABELS, C), margin=0.7) == pytest.approx(sum(terms) / N)
    terms = [max(0.0, 1.0 - sign * score) for sign, score in zip(SIGNS, s[:, 0], strict=True)]
    assert nn.binary_hinge_loss(s[:, 0], SIGNS) == pytest.approx(sum(terms) / N)


def test_the_gradient_of_cross_entropy_is_softmax_minus_labels(rng: np.random.Generator) -> None:
    z = rng.normal(size=(N, C))
    wanted = (nn.softmax(z) - nn.one_hot(LABELS, C)) / N
    np.testing.assert_allclose(grad(nn.cross_entropy)(z, LABELS), wanted, rtol=1e-13)


# fmt: off
LOSSES: dict[str, tuple[Callable[..., Any], tuple[int, ...]]] = {
    "squared":             (lambda z: nn.squared_loss(z, np.ones((N, C))),                           (N, C)),
    "binary":              (lambda z: nn.binary_cross_entropy(z, BINARY),                            (N,)),
    "binary column":       (lambda z: nn.binary_cross_entropy(z, BINARY[:, None]),                   (N, 1)),
    "binary of p":         (lambda z: nn.binary_cross_entropy_of_probabilities(nn.sigmoid(z), BINARY), (N,)),
    "categorical":         (lambda z: nn.cross_entropy(z, LABELS),                                   (N, C)),
    "categorical one-hot": (lambda z: nn.cross_entropy(z, nn.one_hot(LABELS, C), reduction="sum"),   (N, C)),
    "hinge":               (lambda z: nn.hinge_loss(z, LABELS),                                      (N, C)),
    "binary hinge":        (lambda z: nn.binary_hinge_loss(z, SIGNS),                                (N,)),
}
# fmt: on


@pytest.mark.parametrize("name", LOSSES)
def test_gradients(name: str, rng: np.random.Generator) -> None:
    loss, shape = LOSSES[name]
    assert_differentiates(loss, z=rng.normal(0.0, 2.0, shape))


@pytest.mark.parametrize("name", LOSSES)
def test_forward_mode_agrees(name: str, rng: np.random.Generator) -> None:
    loss, shape = LOSSES[name]
    z, direction = rng.normal(0.0, 2.0, shape), rng.normal(size=shape)
    assert jvp(loss, (z,), (direction,))[1] == pytest.approx(np.sum(grad(loss)(z) * direction), rel=1e-12)


@pytest.mark.parametrize("name", [name for name in LOSSES if "hinge" not in name])
def test_second_derivatives(name: str, rng: np.random.Generator) -> None:
    loss, shape = LOSSES[name]
    assert_differentiates(grad(loss), z=rng.normal(0.0, 2.0, shape))


@pytest.mark.parametrize("name", [name for name in LOSSES if name != "binary of p"])
@pytest.mark.parametrize("size", [1e3, 1e6])
def test_huge_logits(name: str, size: float, rng: np.random.Generator) -> None:
    loss, shape = LOSSES[name]
    assert_finite(value_and_grad(loss)(size * np.sign(rng.normal(size=shape))))


def test_a_confident_logit_costs_what_it_should() -> None:
    z, y = np.array([1e3, -1e3, 1e3, 40.0]), np.array([1.0, 0.0, 0.0, 1.0])
    assert nn.binary_cross_entropy(z, y) == pytest.approx(250.0)
    np.testing.assert_allclose(grad(nn.binary_cross_entropy)(z, y), [0, 0, 0.25, -math.exp(-40.0) / 4], rtol=1e-13)
    assert nn.binary_cross_entropy(z[3:], y[3:]) == pytest.approx(math.exp(-40.0), rel=1e-13, abs=0)


def test_probabilities_of_0_and_1_cost_nothing_where_right_and_everything_where_wrong() -> None:
    p = np.array([0.0, 1.0])
    assert nn.binary_cross_entropy_of_probabilities(p, np.array([0.0, 1.0])) == 0.0
    assert_finite(grad(nn.binary_cross_entropy_of_probabilities)(p, np.array([0.0, 1.0])))
    assert nn.binary_cross_entropy_of_probabilities(p, np.array([1.0, 1.0])) == math.inf
    assert nn.binary_cross_entropy_of_probabilities(np.array([1e-300]), np.array([0.0])) == 1e-300


REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "a column against a vector": (lambda: nn.squared_loss(np.ones((3, 1)), np.ones(3)), "make them equal"),
    "a column against labels": (lambda: nn.binary_cross_entropy(np.ones((3, 1)), np.ones(3)), "the same shape"),
    "a label below 0": (lambda: nn.cross_entropy(np.ones((3, 2)), np.array([0, 1, -1])), "from 0 to"),
    "a label of C": (lambda: nn.hinge_loss(np.ones((3, 2)), np.array([0, 1, 2])), "from 0 to"),
    "labels that are floats": (lambda: nn.cross_entropy(np.ones((3, 2)), np.ones(3)), "integers"),
    "too few labels": (lambda: nn.cross_entropy(np.ones((3, 2)), np.array([0, 1])), "need labels"),
    "one-hot labels of others": (lambda: nn.cross_entropy(np.ones((3, 2)), np.ones((3, 4))), "need labels"),
    "0 and 1 for a binary hinge": (lambda: nn.binary_hinge_loss(np.ones(2), np.array([0, 1])), "-1 and 1"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_labels_that_do_not_fit_are_refused(name: str) -> None:
    call, message = REFUSED[name]
    with pytest.raises(ValueError, match=message):
        call()


def test_a_reduction_that_is_none_is_refused() -> None:
    typo: Any = "Mean"
    for loss in (nn.cross_entropy, nn.hinge_loss):
        with pytest.raises(ValueError, match="not 'Mean'"):
            loss(np.ones((2, 2)), np.array([0, 1]), reduction=typo)


def test_accuracy_counts_the_right_ones() -> None:
    z = np.array([[2.0, 1.0, 0.0], [0.0, 1.0, 2.0], [0.0, 3.0, 2.0], [1.0, 0.0, 0.0]])
    assert nn.predictions(z).tolist() == [0, 2, 1, 0]
    assert nn.accuracy(z, np.array([0, 2, 1, 1])) == 0.75
    assert nn.accuracy(np.array([-1.0, 2.0, 3.0]), np.array([0, 1, 0])) == pytest.approx(2 / 3)
    with pytest.raises(ValueError, match="4 predictions need labels"):
        nn.accuracy(z, np.array([0, 2]))
