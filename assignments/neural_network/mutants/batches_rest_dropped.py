"""The last rows are left out where the size does not divide their number.

fails: batches_cover, batches_shuffled, train_batches
diagnosis: none
"""

_right = minibatches


def minibatches(N, size, rng):
    return [rows for rows in _right(N, size, rng) if len(rows) == size] or [rng.permutation(N)]
