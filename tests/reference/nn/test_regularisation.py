"""The L2 penalty and gradient clipping."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from reference import nn
from reference.autodiff import grad

PARAMS = {"W1": np.array([[1.0, 2.0], [2.0, 0.0]]), "b1": np.array([10.0, 0.0]), "W2": np.array([[4.0], [0.0]])}
GRADIENTS = {"W": np.array([[3.0, 0.0]]), "b": np.array([-4.0])}


@pytest.mark.parametrize(
    ("options", "wanted"), [({}, 1.25), ({"scale": 1.0}, 2.5), ({"biases": True}, 6.25), ({"scale": 1 / 5}, 0.5)]
)
def test_the_penalty_has_the_scale_and_the_biases_that_are_asked_for(options: dict[str, Any], wanted: float) -> None:
    assert nn.l2_penalty(PARAMS, 0.1, **options) == pytest.approx(wanted)


def test_the_gradient_of_the_penalty_is_the_weights() -> None:
    slopes = grad(lambda params: nn.l2_penalty(params, 0.1))(PARAMS)
    np.testing.assert_allclose(slopes["W1"], 0.1 * PARAMS["W1"])
    assert slopes["b1"].tolist() == [0.0, 0.0]


def test_no_weights_no_penalty() -> None:
    assert nn.l2_penalty({"b": np.ones(3)}, 1.0) == 0.0


def test_clipping_by_value_acts_on_every_entry() -> None:
    clipped = nn.clip_by_value(GRADIENTS, 1.0)
    assert clipped["W"].tolist() == [[1.0, 0.0]]
    assert clipped["b"].tolist() == [-1.0]


def test_clipping_by_norm_keeps_the_direction_of_all_together() -> None:
    assert nn.global_norm(GRADIENTS) == 5.0
    clipped = nn.clip_by_norm(GRADIENTS, 1.0)
    np.testing.assert_allclose(clipped["W"], [[0.6, 0.0]])
    np.testing.assert_allclose(clipped["b"], [-0.8])


def test_gradients_within_the_norm_stay_as_they_are() -> None:
    assert nn.clip_by_norm(GRADIENTS, 5.0) is GRADIENTS


@pytest.mark.parametrize("size", [1e-200, 1e200])
def test_the_norm_neither_overflows_nor_vanishes(size: float) -> None:
    assert nn.global_norm([size * 3.0, size * np.array([4.0])]) == pytest.approx(5.0 * size, rel=1e-14, abs=0)
    np.testing.assert_allclose(nn.clip_by_norm([np.array([3e200, 4e200])], 1.0)[0], [0.6, 0.8])


def test_nothing_has_norm_0() -> None:
    assert nn.global_norm({}) == nn.global_norm([np.zeros((0, 3)), 0.0]) == 0.0


def test_what_is_no_number_is_not_hidden() -> None:
    assert np.isnan(nn.global_norm([np.array([1.0, np.nan])]))
    assert np.isnan(nn.global_norm([np.array([np.inf]), np.array([np.nan])]))
    assert np.isnan(nn.clip_by_norm([np.array([1.0, np.nan])], 1.0)[0]).all()


@pytest.mark.parametrize("clip", [nn.clip_by_value, nn.clip_by_norm])
@pytest.mark.parametrize("bound", [0.0, -1.0, float("nan")])
def test_a_bound_is_above_0(clip: Callable[..., Any], bound: float) -> None:
    with pytest.raises(ValueError, match="a bound above 0"):
        clip(GRADIENTS, bound)
