"""The affine layer as one operation: its derivatives are those of `x @ W + b`, whatever the numbers of axes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from reference.autodiff import grad
from reference.autodiff.ops import affine

# The sizes are equal on purpose: where they are not, a wrong rule raises instead of being silently wrong.
SHAPES = [((3, 2), (2, 4), (4,)), ((3,), (3, 3), (3,)), ((3, 3), (3,), ()), ((2, 2, 2), (2, 2), (2,)), ((3,), (3,), ())]
SHAPES += [((1, 3), (3, 2), (5, 2)), ((4, 3), (3, 1), (5,)), ((3, 3), (3, 3), (3, 1))]  # a bias wider than the product


def _squares(layer: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x, W, b: np.sum(layer(x, W, b) ** 2)


@pytest.mark.parametrize("shapes", SHAPES)
def test_gradients_are_those_of_the_expression(shapes: tuple[tuple[int, ...], ...]) -> None:
    rng = np.random.default_rng(1)
    x, W, b = (rng.standard_normal(shape) for shape in shapes)
    got = grad(_squares(affine), (0, 1, 2))(x, W, b)
    wanted = grad(_squares(lambda x, W, b: x @ W + b), (0, 1, 2))(x, W, b)
    for one, other in zip(got, wanted, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-13)


def test_integers_plus_floats_are_floats() -> None:
    x, W, b = np.ones((2, 3), int), np.ones((3, 2), int), np.array([0.5, 1.5])
    np.testing.assert_array_equal(affine(x, W, b), [[3.5, 4.5], [3.5, 4.5]])
