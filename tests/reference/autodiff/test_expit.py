"""The logistic function keeps its relative precision where it is small."""

from __future__ import annotations

import math

import numpy as np
import pytest

from reference.autodiff import grad
from reference.autodiff.ops import sigmoid, softplus


@pytest.mark.parametrize("x", [-700.0, -40.0, -20.0, -1.0, 0.0, 1.0, 40.0])
def test_it_has_its_last_digits(x: float) -> None:
    exact = math.exp(x) / (1.0 + math.exp(x))
    assert sigmoid(x) == pytest.approx(exact, rel=1e-15, abs=0)
    assert grad(softplus)(x) == pytest.approx(exact, rel=1e-15, abs=0)
    assert grad(sigmoid)(-abs(x)) == pytest.approx(1.0 / (2.0 + math.exp(x) + math.exp(-x)), rel=1e-14, abs=0)


def test_no_size_overflows() -> None:
    x = np.array([-1e308, -1e3, 1e3, 1e308])
    np.testing.assert_array_equal(sigmoid(x), [0.0, 0.0, 1.0, 1.0])
