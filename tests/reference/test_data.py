"""Data sets: their shapes, their noise, and what they are made of."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from reference import data

Rng = np.random.Generator


@pytest.fixture
def rng() -> Rng:
    return np.random.default_rng(0)


def test_moons_lie_on_two_half_circles(rng: Rng) -> None:
    X, y = data.moons(101, rng, noise=0.0)
    assert (X.shape, np.bincount(y).tolist()) == ((101, 2), [51, 50])
    upper, lower = X[y == 0], X[y == 1]
    np.testing.assert_allclose(np.hypot(*upper.T), 1.0)
    np.testing.assert_allclose(np.hypot(*(lower - [1.0, 0.5]).T), 1.0)
    assert upper[:, 1].min() >= 0.0
    assert lower[:, 1].max() <= 0.5


def test_spiral_arms_are_turned_copies_of_the_first(rng: Rng) -> None:
    X, y = data.spiral(90, 3, rng, noise=0.0)
    assert (X.shape, np.bincount(y).tolist()) == ((90, 2), [30, 30, 30])
    angle = 2 * np.pi / 3
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    np.testing.assert_allclose(X[y == 1], X[y == 0] @ turn, atol=1e-15)
    np.testing.assert_allclose(np.hypot(*X[y == 2].T), np.linspace(0, 1, 30), atol=1e-15)


def test_spiral_shares_out_what_does_not_divide(rng: Rng) -> None:
    assert np.bincount(data.spiral(11, 4, rng)[1]).tolist() == [3, 3, 3, 2]


def test_polynomial_has_its_coefficients_from_the_lowest_on(rng: Rng) -> None:
    x, y = data.polynomial(50, rng, coefficients=(1.0, 0.0, -2.0, 4.0), noise=0.0)
    np.testing.assert_allclose(y, 1 - 2 * x**2 + 4 * x**3, atol=1e-15)
    assert x.shape == y.shape == (50,)
    assert np.all(np.diff(x) > 0)
    assert -1 <= x[0] < -0.8
    assert 0.8 < x[-1] <= 1


def test_linear_regression_gives_what_made_it(rng: Rng) -> None:
    X, y, w, b = data.linear_regression(40, 3, rng, noise=0.0)
    assert (X.shape, y.shape, w.shape, type(b)) == ((40, 3), (40,), (3,), float)
    np.testing.assert_allclose(y, X @ w + b)


# fmt: off
WITH_NOISE: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "moons":             (lambda rng, s: data.moons(4000, rng, noise=s)[0],               np.ravel),
    "polynomial":        (lambda rng, s: data.polynomial(4000, rng, noise=s)[1],          np.ravel),
    "linear regression": (lambda rng, s: data.linear_regression(4000, 3, rng, noise=s)[1], np.ravel),
}
DRAWN: dict[str, Callable[[Rng], tuple[Any, ...]]] = {
    "moons":             lambda rng: data.moons(9, rng),
    "spiral":            lambda rng: data.spiral(9, 3, rng),
    "polynomial":        lambda rng: data.polynomial(9, rng),
    "linear regression": lambda rng: data.linear_regression(9, 3, rng),
    "split":             lambda rng: data.split(np.arange(9), np.arange(9), rng),
}
# fmt: on


@pytest.mark.parametrize("name", WITH_NOISE)
def test_noise_has_the_standard_deviation_that_is_asked_for(name: str) -> None:
    draw, flat = WITH_NOISE[name]
    noise = flat(draw(np.random.default_rng(1), 0.3) - draw(np.random.default_rng(1), 0.0))
    assert noise.std() == pytest.approx(0.3, rel=0.05)
    assert abs(noise.mean()) < 0.02


@pytest.mark.parametrize("name", DRAWN)
def test_the_generator_decides(name: str) -> None:
    one, same, other = (DRAWN[name](np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(one, same, strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_split_keeps_examples_and_labels_together(rng: Rng) -> None:
    X, y, X_rest, y_rest = data.split(np.arange(20).reshape(10, 2), np.arange(10), rng, first=0.7)
    assert (X.shape, X_rest.shape) == ((7, 2), (3, 2))
    assert np.array_equal(X[:, 0], 2 * y)
    assert np.array_equal(X_rest[:, 0], 2 * y_rest)
    assert sorted([*y, *y_rest]) == list(range(10))


@pytest.mark.parametrize(("labels", "first"), [(9, 0.5), (10, 0.0), (10, 1.0), (10, 0.01)])
def test_a_split_that_leaves_a_part_empty_is_refused(labels: int, first: float, rng: Rng) -> None:
    with pytest.raises(ValueError, match="cannot be cut in two parts"):
        data.split(np.arange(10), np.arange(labels), rng, first=first)


def test_digits_without_scikit_learn_say_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(data.MissingLibrary, match="pip install scikit-learn"):
        data.digits()


def test_digits_are_scaled_to_1(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a stand-in for scikit-learn, of which nothing but this one function is used."""
    loaded = np.array([[0.0, 8.0, 16.0]]), np.array([7])
    stand_in = SimpleNamespace(load_digits=lambda *, return_X_y: loaded)
    monkeypatch.setitem(sys.modules, "sklearn", SimpleNamespace(datasets=stand_in))
    monkeypatch.setitem(sys.modules, "sklearn.datasets", stand_in)
    X, y = data.digits()
    assert X.tolist() == [[0.0, 0.5, 1.0]]
    assert y.tolist() == [7]


def test_the_digits_of_scikit_learn() -> None:
    pytest.importorskip("sklearn")
    X, y = data.digits()
    assert (X.shape, y.shape, X.min(), X.max()) == ((1797, 64), (1797,), 0.0, 1.0)
    assert set(y) == set(range(10))
