"""What a chain of Jacobians costs: published numbers, every order by brute force, memory counted step by step."""

from __future__ import annotations

import doctest
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.autodiff import cost
from reference.autodiff.cost import chain_cost

sizes = st.lists(st.integers(1, 30), min_size=2, max_size=7)


@dataclass(frozen=True)
class Matrix:
    """A product of matrices, of which the multiplications are counted and nothing else is known."""

    rows: int
    columns: int
    cost: int = 0

    def __mul__(self, other: Matrix) -> Matrix:
        assert self.columns == other.rows
        cost = self.cost + other.cost + self.rows * self.columns * other.columns
        return Matrix(self.rows, other.columns, cost)


def jacobians(d: Sequence[int]) -> list[Matrix]:
    return [Matrix(d[k], d[k + 1]) for k in range(len(d) - 1)]


def every_order(chain: list[Matrix]) -> Iterator[int]:
    """The costs of all parenthesisations, by joining any two neighbours first."""
    if len(chain) == 1:
        yield chain[0].cost
    for k in range(len(chain) - 1):
        yield from every_order([*chain[:k], chain[k] * chain[k + 1], *chain[k + 2 :]])


def cost_as_written(order: str, d: Sequence[int]) -> int:
    names = {f"J{k}": matrix for k, matrix in enumerate(jacobians(d), 1)}
    product = eval(order.replace("·", "*"), names)
    assert (product.rows, product.columns) == (d[0], d[-1])
    return int(product.cost)


def test_the_example_in_the_docstring_holds() -> None:
    result = doctest.testmod(cost)
    assert result.attempted > 0
    assert result.failed == 0


def test_the_chain_of_the_lecture() -> None:
    found = chain_cost([10, 100, 100, 784, 784])
    assert (found.forward, found.reverse, found.optimal) == (7_030_560, 70_089_600, 7_030_560)


def test_the_same_chain_turned_round_costs_the_same_the_other_way() -> None:
    found = chain_cost([784, 784, 100, 100, 10])
    assert (found.forward, found.reverse, found.optimal) == (70_089_600, 7_030_560, 7_030_560)
    assert found.order == "J1·(J2·(J3·J4))"


def test_one_output_does_not_make_reverse_mode_the_cheaper_one() -> None:
    found = chain_cost([10, 11, 1, 1])
    assert (found.forward, found.reverse) == (120, 121)
    assert found.order == "(J1·J2)·J3"


def test_the_best_order_may_be_that_of_neither_mode() -> None:
    found = chain_cost([50, 2, 50, 2, 50])
    assert found.optimal < min(found.forward, found.reverse)
    assert found.order == "(J1·(J2·J3))·J4"  # of two that cost the same, the one closer to forward mode
    assert found.optimal == 2 * 50 * 2 + 50 * 2 * 2 + 50 * 2 * 50


@given(sizes)
def test_no_order_is_cheaper_than_the_optimal_one(d: list[int]) -> None:
    assert chain_cost(d).optimal == min(every_order(jacobians(d)))


@given(sizes)
def test_every_order_that_is_printed_costs_what_is_printed(d: list[int]) -> None:
    found = chain_cost(d)
    orders = [line.split()[-1] for line in str(found).splitlines()[2:]]
    assert [cost_as_written(order, d) for order in orders] == [found.forward, found.reverse, found.optimal]


@given(sizes)
def test_forward_memory_is_what_is_kept_at_once(d: list[int]) -> None:
    kept = [d[0], d[0] * d[0]]  # a value and its tangents
    most = 0
    for size in d[1:]:
        following = [size, d[0] * size]
        most = max(most, sum(kept) + sum(following))
        kept = following
    assert chain_cost(d).forward_memory == most


@given(sizes)
def test_reverse_memory_is_what_is_kept_at_once(d: list[int]) -> None:
    values = list(d)
    adjoint = d[-1] * d[-1]
    most = sum(values)
    while len(values) > 1:
        following = d[-1] * values[-2]
        most = max(most, sum(values) + adjoint + following)
        values.pop()
        adjoint = following
    assert chain_cost(d).reverse_memory == most


def test_depth_costs_memory_in_reverse_mode_alone() -> None:
    shallow, deep = chain_cost([5] * 3), chain_cost([5] * 30)
    assert deep.forward_memory == shallow.forward_memory
    assert deep.reverse_memory == shallow.reverse_memory + 27 * 5


def test_one_jacobian_is_no_product() -> None:
    found = chain_cost([3, 4])
    assert (found.forward, found.reverse, found.optimal, found.order) == (0, 0, 0, "J1")


@pytest.mark.parametrize("wrong", [[], [3], [3, 0], [3, -1, 2], [3, 2.5]])
def test_what_is_no_chain_is_refused(wrong: list[int]) -> None:
    with pytest.raises(ValueError, match="a chain has two layers or more"):
        chain_cost(wrong)
