"""Points are exact."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.model import format_points, parse_points


@pytest.mark.parametrize(
    ("written", "points"), [(2, Fraction(2)), ("0.5", Fraction(1, 2)), ("0.333", Fraction(333, 1000))]
)
def test_points_are_read_exactly(written: int | str, points: Fraction) -> None:
    assert parse_points(written) == points


@pytest.mark.parametrize("written", [0, -1, 0.5, "0", "0.0", "1e3", "0.3333", "half", "", True, None, "1/2", " 1", "٣"])
def test_anything_else_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match="points"):
        parse_points(written)


@given(st.integers(1, 10**9 - 1))
def test_written_points_are_read_back(thousandths: int) -> None:
    points = Fraction(thousandths, 1000)
    assert parse_points(format_points(points)) == points


def test_points_that_are_no_decimals_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="more than 3"):
        format_points(Fraction(1, 3))


def test_points_are_written_without_needless_zeros() -> None:
    assert [format_points(Fraction(n, 1000)) for n in (0, 500, 1000, 10000, 1050)] == ["0", "0.5", "1", "10", "1.05"]
