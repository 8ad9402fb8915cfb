"""Mini-batches: the order in which examples are seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np


def batches(N: int, size: int, rng: np.random.Generator, *, drop_last: bool = False) -> Iterator[np.ndarray]:
    """One epoch: every index from 0 to N − 1 once, in an order that `rng` draws, `size` at a time.

    Args:
        N: How many examples there are.
        size: How many are in a batch; all of them, N or more, make it one batch.
        rng: One permutation is drawn from it, at once, so that the draws do not depend on how many batches are taken.
        drop_last: Whether a last batch that is shorter is left out.

    Returns:
        Index arrays, (size,) each, the last one maybe shorter.

    Raises:
        ValueError: The size is below 1, or nothing would be left.
    """
    if size < 1:
        raise ValueError(f"a batch has at least one example, not {size}")
    if drop_last and size > N:
        raise ValueError(f"{N} examples do not make one batch of {size}, and a shorter one is to be dropped")
    order = rng.permutation(N)
    end = N - N % size if drop_last else N
    return (order[start : start + size] for start in range(0, end, size))
