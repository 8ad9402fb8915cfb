"""Mini-batches: every example once, in an order that the generator decides."""

from __future__ import annotations

import numpy as np
import pytest

from reference import nn


def _epoch(N: int, size: int, seed: int = 0, *, drop_last: bool = False) -> list[list[int]]:
    return [rows.tolist() for rows in nn.batches(N, size, np.random.default_rng(seed), drop_last=drop_last)]


def test_every_example_comes_once_and_the_last_batch_is_short() -> None:
    found = _epoch(10, 4)
    assert [len(rows) for rows in found] == [4, 4, 2]
    order = [row for rows in found for row in rows]
    assert sorted(order) == list(range(10))
    assert order != list(range(10))


def test_the_short_batch_can_be_dropped() -> None:
    assert _epoch(10, 4, drop_last=True) == _epoch(10, 4)[:2]
    assert _epoch(8, 4, drop_last=True) == _epoch(8, 4)


def test_a_size_of_all_or_more_is_one_batch() -> None:
    assert [len(rows) for rows in _epoch(5, 5)] == [5]
    assert [len(rows) for rows in _epoch(5, 50)] == [5]


def test_the_generator_decides_and_epochs_differ() -> None:
    assert _epoch(10, 4, seed=1) == _epoch(10, 4, seed=1) != _epoch(10, 4, seed=2)
    rng = np.random.default_rng(0)
    first, second = (np.concatenate(list(nn.batches(10, 4, rng))).tolist() for _ in range(2))
    assert first != second


def test_batches_that_are_not_taken_change_nothing_that_comes_after() -> None:
    one, other = np.random.default_rng(0), np.random.default_rng(0)
    next(nn.batches(10, 2, one))
    list(nn.batches(10, 2, other))
    assert one.random() == other.random()


def test_sizes_that_make_no_batch_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one example"):
        _epoch(10, 0)
    with pytest.raises(ValueError, match="do not make one batch"):
        _epoch(3, 4, drop_last=True)
