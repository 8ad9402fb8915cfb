"""The shape algebra: rules by hand, properties by hypothesis, mistakes by name."""

from __future__ import annotations

import doctest

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference import layout
from reference.layout import Axis, Derivative, Dims, Shape, derivative_shape, diagnose_shape

DIMS = Dims(N=8, D=5, H=9)
shapes = st.lists(st.sampled_from("NDH"), max_size=3).map(lambda names: DIMS[" ".join(names)])


def test_the_examples_in_the_docstring_hold() -> None:
    assert doctest.testmod(layout).failed == 0


# ---------------------------------------------------------------------------------------------------- algebra


@given(shapes, shapes)
def test_denominator_layout_puts_what_you_differentiate_by_first(y: Shape, x: Shape) -> None:
    assert (y / x).shape == x + y
    assert (y / x).in_layout("numerator").shape == y + x


@given(shapes, shapes, shapes)
def test_the_chain_rule_reads_in_path_order(x: Shape, y: Shape, z: Shape) -> None:
    assert (y / x) @ (z / y) == z / x
    one, other = (z / y).in_layout("numerator"), (y / x).in_layout("numerator")
    assert one @ other == (z / x).in_layout("numerator")


@given(shapes)
def test_a_loss_gradient_looks_like_its_argument(x: Shape) -> None:
    loss = DIMS[""]
    assert (loss / x).shape == x


def test_derivatives_that_do_not_meet_do_not_chain() -> None:
    with pytest.raises(ValueError, match=r"do not chain.*dy/dx · dz/dy"):
        (DIMS["N"] / DIMS["D"]) @ (DIMS["H"] / DIMS["D"])


def test_two_layouts_do_not_chain() -> None:
    with pytest.raises(ValueError, match="numerator layout"):
        (DIMS["N"] / DIMS["D"]) @ Derivative(DIMS["H"], DIMS["N"], "numerator")


def test_shapes_print_as_they_are_written() -> None:
    assert str(DIMS["N 1"]) == "(N=8, 1)"
    assert str(Dims(N=(2, 4))["N"]) == "(N,)"
    assert str(DIMS[""]) == "()"


def test_a_shape_without_sizes_says_so() -> None:
    with pytest.raises(ValueError, match="not sampled yet"):
        _ = Dims(N=(2, 4))["N"].sizes


# ------------------------------------------------------------------------------------------------------- dims


@given(st.integers(0, 2**32))
def test_sampled_sizes_differ_and_stay_in_their_ranges(seed: int) -> None:
    dims = Dims(N=(2, 4), D=(2, 4), H=(2, 4))
    sampled = dims.sample(np.random.default_rng(seed))
    sizes = [sampled[name].sizes[0] for name in sampled]
    assert len(set(sizes)) == 3
    assert set(sizes) == {2, 3, 4}


def test_the_same_generator_samples_the_same_sizes() -> None:
    dims = Dims(N=(4, 80), D=(2, 50))
    one, other = (dims.sample(np.random.default_rng(7)) for _ in range(2))
    assert one == other


def test_every_size_of_a_range_is_sampled() -> None:
    dims = Dims(N=(2, 6))
    seen = {dims.sample(np.random.default_rng(seed))["N"].sizes[0] for seed in range(200)}
    assert seen == {2, 3, 4, 5, 6}


def test_a_number_stands_for_itself() -> None:
    assert DIMS["N 1"].axes == (Axis("N", 8), Axis("1", 1))


@pytest.mark.parametrize(
    ("sizes", "says"),
    [
        ({"N": 1}, "below 2"),
        ({"N": (1, 5)}, "below 2"),
        ({"N": (5, 4)}, "empty range"),
        ({"N": 3, "D": 3}, "no choice makes all"),
        ({"N": (2, 3), "D": (2, 3), "H": (2, 3)}, "no choice makes all"),
    ],
)
def test_sizes_that_would_hide_mistakes_are_refused(sizes: dict[str, int | tuple[int, int]], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Dims(**sizes)


def test_an_unknown_size_is_named_with_what_there_is() -> None:
    with pytest.raises(ValueError, match="no size is named 'C'; there are N, D, H"):
        _ = DIMS["N C"]


# ----------------------------------------------------------------------------------------- shapes as plain tuples


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [
        ((), (), ()),
        ((), (3, 4), (3, 4)),
        ((5,), (3,), (3, 5)),
        ((5,), (), (5,)),
        ((3, 4), (), (3, 4)),
        ((3, 4), (5, 6), (5, 6, 3, 4)),
    ],
)
def test_derivative_shape(numerator: layout.Sizes, denominator: layout.Sizes, expected: layout.Sizes) -> None:
    assert derivative_shape(numerator, denominator) == expected


@pytest.mark.parametrize(
    ("numerator", "denominator", "in_denominator", "in_numerator"),
    [
        ((), (), (), ()),
        ((), (4, 1), (4, 1), (1, 4)),
        ((), (3, 4), (3, 4), (4, 3)),
        ((5, 1), (), (1, 5), (5, 1)),
        ((5, 1), (4, 1), (4, 5), (5, 4)),
        ((3, 4), (), (3, 4), (3, 4)),
    ],
)
def test_columns_count_as_vectors(
    numerator: layout.Sizes, denominator: layout.Sizes, in_denominator: layout.Sizes, in_numerator: layout.Sizes
) -> None:
    assert derivative_shape(numerator, denominator, columns=True) == in_denominator
    assert derivative_shape(numerator, denominator, columns=True, layout="numerator") == in_numerator


@pytest.mark.parametrize(
    ("numerator", "denominator"), [((3, 4), (5, 1)), ((5, 1), (3, 4)), ((3, 4), (5, 6)), ((4,), ()), ((), (2, 3, 4))]
)
def test_pairs_without_a_rule_are_refused(numerator: layout.Sizes, denominator: layout.Sizes) -> None:
    with pytest.raises(ValueError, match=r"no rule|with columns"):
        derivative_shape(numerator, denominator, columns=True)


# --------------------------------------------------------------------------------------------------- diagnosis


@pytest.mark.parametrize(
    ("expected", "got", "by_axes", "code"),
    [
        ((4, 5), (5, 4), 1, "numerator-layout"),
        ((2, 3, 4), (4, 2, 3), 2, "numerator-layout"),
        ((4, 5), (5, 4), None, "transposed"),
        ((4, 1), (1, 4), None, "row-for-column"),
        ((1, 4), (4, 1), None, "row-for-column"),
        ((4,), (1, 4), None, "keepdims"),
        ((4, 1), (4,), None, "keepdims"),
        ((), (1, 1), None, "keepdims"),
        ((4,), (7, 4), None, "not-summed-over-batch"),
        ((4, 5), (6, 5), None, None),
        ((4, 5), (4, 5), 1, None),
    ],
)
def test_a_wrong_shape_is_named(
    expected: layout.Sizes, got: layout.Sizes, by_axes: int | None, code: str | None
) -> None:
    mistake = diagnose_shape(expected, got, by_axes=by_axes)
    assert (mistake.code if mistake else None) == code


def test_the_sentence_says_which_way_round() -> None:
    row = diagnose_shape((4, 1), (1, 4))
    column = diagnose_shape((1, 4), (4, 1))
    assert row is not None
    assert row.sentence.startswith("this is a row")
    assert column is not None
    assert column.sentence.startswith("this is a column")
