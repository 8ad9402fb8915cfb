"""Initial weights have the variances that their authors state, and signals keep their size."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from reference import nn

D, H = 300, 500
Draw = Callable[[np.random.Generator, int, int], np.ndarray]


@pytest.mark.parametrize(
    ("draw", "variance"),
    [
        (nn.xavier_normal, 2 / (D + H)),
        (nn.xavier_uniform, 2 / (D + H)),
        (nn.he_normal, 2 / D),
        (nn.he_uniform, 2 / D),
    ],
)
def test_mean_and_variance(draw: Draw, variance: float) -> None:
    W = draw(np.random.default_rng(0), D, H)
    assert W.shape == (D, H)
    assert abs(W.mean()) < 4 * np.sqrt(variance / W.size)
    assert W.var() == pytest.approx(variance, rel=0.02)  # 0.4 % is one standard deviation of it


@pytest.mark.parametrize(("draw", "bound"), [(nn.xavier_uniform, 6 / (D + H)), (nn.he_uniform, 6 / D)])
def test_uniform_draws_reach_their_bounds_and_not_further(draw: Draw, bound: float) -> None:
    largest = np.abs(draw(np.random.default_rng(0), D, H)).max()
    assert 0.999 * np.sqrt(bound) < largest <= np.sqrt(bound)


def test_he_keeps_the_size_of_signals_through_thirty_layers_of_relu() -> None:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((50, 400))
    start = np.mean(x**2)
    for _ in range(30):
        x = nn.relu(x @ nn.he_normal(rng, 400, 400))
    assert 0.3 < np.mean(x**2) / start < 3.0  # with variance 1/D it would be 2^-30


def test_the_generator_decides() -> None:
    one, same, other = (nn.he_normal(np.random.default_rng(seed), 3, 4) for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_zeros() -> None:
    assert nn.zeros(3).tolist() == [0.0, 0.0, 0.0]
