"""The diagnosis: right when it speaks, silent when it is not sure."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from grader.checks.diagnosis import CODES, Evidence, of_shape, of_values
from reference.layout import Dims

RIGHT = np.random.default_rng(3).normal(size=(4, 4))
S = np.exp(RIGHT[:, :1]) / np.exp(RIGHT[:, :1]).sum()
SOFTMAX = np.diagflat(S) - S @ S.T


def code(expected: np.ndarray, got: np.ndarray, sizes: dict[str, int] | None = None) -> str | None:
    found = of_values(Evidence(expected, got, 1e-7, sizes or {}))
    return found.code if found else None


@pytest.mark.parametrize(
    ("expected", "got", "named"),
    [
        (RIGHT, -RIGHT, "sign"),
        (RIGHT, RIGHT.T, "transposed"),
        (RIGHT, 2 * RIGHT, "factor"),
        (RIGHT, RIGHT / 2, "factor"),
        (RIGHT, 0.37 * RIGHT, "factor"),
        (RIGHT, 7 * RIGHT, "missing-mean"),
        (RIGHT, RIGHT / 7, "factor"),
        (RIGHT, -7 * RIGHT, "factor"),
        (SOFTMAX, np.diagflat(SOFTMAX.diagonal()), "softmax-diagonal"),
        (np.array(3.0), np.array(-3.0), "sign"),
        (np.array(3.0), np.array(6.0), "factor"),
        (np.array(3.0), np.array(21.0), "missing-mean"),
    ],
)
def test_a_known_mistake_is_named(expected: np.ndarray, got: np.ndarray, named: str) -> None:
    assert code(expected, got, {"m": 7, "n": 5}) == named
    assert named in CODES


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (RIGHT, RIGHT + 1),
        (RIGHT, np.zeros((4, 4))),
        (np.zeros((4, 4)), RIGHT),
        (RIGHT, RIGHT[::-1]),
        (np.array(3.0), np.array(4.1)),
        (RIGHT, np.full((4, 4), np.inf)),
        (RIGHT, np.full((4, 4), 1e308)),
        (np.diagflat([1.0, 2.0, 3.0]), np.eye(3)),
        (np.array([0.0, 0.0, 3.0]), np.array([0.0, 0.0, 4.1])),
        (np.full(3, 2.0), np.full(3, 5.2)),
        (np.array([2.0, -2.0]), np.array([5.2, -5.2])),
        (np.array([1e9, 1.0, 2.0]), np.array([3.3e9, 7.0, -8.0])),
    ],
)
def test_it_is_silent_when_not_sure(expected: np.ndarray, got: np.ndarray) -> None:
    assert code(expected, got) is None


@pytest.mark.parametrize("wrong", [-RIGHT, 0.37 * RIGHT, RIGHT.T, 7 * RIGHT])
def test_a_wide_tolerance_makes_nothing_sure(wrong: np.ndarray) -> None:
    noise = np.random.default_rng(5).normal(size=(4, 4)) * 0.1
    assert of_values(Evidence(RIGHT, wrong + noise, 0.9, {"m": 7})) is None


def test_twice_is_said_where_a_size_is_two_as_well() -> None:
    assert code(RIGHT, 2 * RIGHT, {"m": 2}) == "factor"


@given(
    npst.arrays(np.float64, (3, 3), elements=st.floats(-10, 10)),
    npst.arrays(np.float64, (3, 3), elements=st.floats(-10, 10)),
)
def test_unrelated_answers_are_not_diagnosed(expected: np.ndarray, got: np.ndarray) -> None:
    flat, other = expected.ravel(), got.ravel()
    assume(np.linalg.matrix_rank(np.stack([flat, other]), tol=1e-3) == 2)
    assume(not np.allclose(got.T, expected))
    assert code(expected, got) in (None, "softmax-diagonal")


def test_a_shape_is_diagnosed_by_the_layout() -> None:
    found = of_shape((3, 1), (1, 3))
    assert found is not None
    assert found.code == "row-for-column"
    assert of_shape((3, 1), (7, 9)) is None


def test_numerator_layout_is_no_mistake_where_it_is_asked_for() -> None:
    dims = Dims(n=2, m=4, k=3)
    derivative = dims["n m"] / dims["k"]
    found = of_shape((3, 2, 4), (2, 4, 3), derivative)
    assert found is not None
    assert found.code == "numerator-layout"
    assert of_shape((2, 4, 3), (4, 3, 2), derivative.in_layout("numerator")) is None
