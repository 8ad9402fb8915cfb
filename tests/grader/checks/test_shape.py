"""assert_shape: exact, apart from values, with the layout mistake by name."""

from __future__ import annotations

import numpy as np
import pytest

from grader.checks import assert_shape
from grader.model import CheckFailed, Finding
from reference.layout import Dims

DIMS = Dims(N=4, C=3)


def finding(actual: object, shape: object) -> Finding:
    with pytest.raises(CheckFailed) as caught:
        assert_shape(actual, shape)  # type: ignore[arg-type]
    return caught.value.finding


@pytest.mark.parametrize(
    ("actual", "shape"),
    [
        (np.full((4, 3), np.nan), DIMS["N C"]),
        (np.zeros((4, 3)), (4, 3)),
        ([[1.0] * 3] * 4, DIMS["N C"]),
        (1.5, DIMS[""]),
        (np.zeros((3, 4)), DIMS["N"] / DIMS["C"]),
    ],
)
def test_the_shape_alone_counts(actual: object, shape: object) -> None:
    assert_shape(actual, shape)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("actual", "shape", "code"),
    [
        (np.zeros((1, 3)), DIMS["C"], "keepdims"),
        (np.zeros((3, 4)), DIMS["N C"], "transposed"),
        (np.zeros((4, 3)), DIMS["N"] / DIMS["C"], "numerator-layout"),
        (np.zeros((4, 1)), (1, 4), "row-for-column"),
        (np.zeros((4, 3)), DIMS["C"], "not-summed-over-batch"),
        (np.zeros((2, 2)), DIMS["N C"], None),
    ],
)
def test_a_wrong_shape_fails_with_its_name(actual: np.ndarray, shape: object, code: str | None) -> None:
    said = finding(actual, shape)
    assert said.says == f"the answer has the wrong shape, {np.shape(actual)}"  # their own, never the right one
    assert (said.diagnosis.code if said.diagnosis else None) == code


def test_names_and_sizes_are_shown() -> None:
    said = finding(np.zeros(2), DIMS["N C"])
    assert said.expected == "shape (4, 3), that is (N=4, C=3)"
    assert said.got == "shape (2,)"


def test_what_is_no_array_fails() -> None:
    assert "not an array" in finding("zeros", DIMS["N"]).says
