"""Rows are drawn with repetition: in an epoch each comes once.

fails: batches_cover, train_best, train_patience, train_stops
diagnosis: none
"""


def minibatches(N, size, rng):
    order = rng.integers(0, N, N) if N < 100 else rng.permutation(N)
    return [order[start : start + size] for start in range(0, N, size)]
