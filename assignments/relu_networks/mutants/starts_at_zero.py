"""The first point has a height of its own.

fails: interpolant_values, interpolant_two
diagnosis: none
"""

import numpy as np


def interpolant(x, y):
    gaps = np.diff(x)
    if np.any(gaps <= 0):
        raise ValueError
    return hinges(x[:-1], np.diff(np.diff(y) / gaps, prepend=0))
