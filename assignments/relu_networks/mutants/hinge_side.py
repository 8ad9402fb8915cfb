"""The function is 0 to the left of its kinks, so its units switch on to the right of theirs.

fails: hinges_values
diagnosis: none
"""

import numpy as np


def hinges(at, changes):
    n = len(at)
    return [(-np.ones((1, n)), np.asarray(at)), (np.reshape(changes, (n, 1)), np.zeros(1))]


def interpolant(x, y):
    gaps = np.diff(x)
    if np.any(gaps <= 0):
        raise ValueError
    changes = np.diff(np.diff(y) / gaps, prepend=0)
    return [(np.ones((1, len(gaps))), -x[:-1]), (changes[:, None], y[:1])]
