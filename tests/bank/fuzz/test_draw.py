"""Random networks are drawn as they say."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from tests.bank.case import CODES, Case
from tests.bank.fuzz import elementwise, heads, mixing
from tests.bank.fuzz.draw import draw
from tests.bank.fuzz.network import draw_network

MANY = 400


@pytest.fixture(scope="module")
def drawn() -> list[Case]:
    return [draw(seed) for seed in range(MANY)]


def test_the_same_seed_draws_the_same_case() -> None:
    for seed in range(20):
        one, other = draw(seed), draw(seed)
        assert (one.name, one.right, one.code) == (other.name, other.right, other.code)
        for p, q in zip(one.make(np.random.default_rng(0))[2], other.make(np.random.default_rng(1))[2], strict=True):
            assert np.array_equal(p, q)


def test_there_are_right_and_wrong_ones_of_every_precision(drawn: list[Case]) -> None:
    found = Counter((case.family, case.right) for case in drawn)
    assert all(
        found[family, right] >= 4 for family in ("float64", "float32", "float32 inside") for right in (True, False)
    )
    assert 0.4 <= sum(case.right for case in drawn) / MANY <= 0.7
    assert sum("no effect here" in case.name for case in drawn) >= 3


def test_the_codes_are_from_the_closed_list_and_most_occur(drawn: list[Case]) -> None:
    codes = {case.code for case in drawn if case.code}
    assert codes <= CODES
    assert len(codes) >= 20


def test_there_are_enough_layers_and_mistakes() -> None:
    rng = np.random.default_rng(0)
    layers = {build(rng, 5, 4).name: build(rng, 5, 4) for build in elementwise.LAYERS + mixing.LAYERS}
    assert len(layers) >= 19
    assert sum(len(layer.mistakes) for layer in [*layers.values(), *(build(rng, 5, 4) for build in heads.LAYERS)]) >= 40


@pytest.mark.parametrize("seed", range(60))
def test_the_gradient_of_a_network_agrees_with_differences_along_a_line(seed: int) -> None:
    rng = np.random.default_rng(seed)
    network, params = draw_network(rng)
    if network.low or params[0].dtype != np.float64:
        params = [p.astype(np.float64) for p in params]
        network = type(network)(**{name: getattr(network, name) for name in network.__slots__} | {"low": False})
    g = None if network.scalar else rng.normal(size=np.shape(network.value(*params)))
    weight = 1.0 if g is None else g
    for at, (p, grad) in enumerate(zip(params, network.gradients(params, g), strict=True)):
        along = np.abs(p) * rng.uniform(-1, 1, size=p.shape)

        def value(t: float, at: int = at, along: np.ndarray = along) -> float:
            moved = [q + t * along if k == at else q for k, q in enumerate(params)]
            return float((network.value(*moved) * weight).sum())

        h = 1e-5
        differences = (8 * (value(h) - value(-h)) - (value(2 * h) - value(-2 * h))) / (12 * h)
        scale = np.linalg.norm(grad * along) + 1e-3 * abs(value(0)) + 1e-6
        assert abs((grad * along).sum() - differences) <= 1e-5 * scale
