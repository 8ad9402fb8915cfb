"""The rows come in the same order in each epoch: shuffle them.

fails: batches_shuffled
diagnosis: none
"""

import numpy as np


def minibatches(N, size, rng):
    order = np.arange(N)
    return [order[start : start + size] for start in range(0, N, size)]
