"""A unit relu(x + b) bends where x = -b.

fails: hinges_values, interpolant_values, interpolant_two
diagnosis: none
"""

import numpy as np


def hinges(at, changes):
    n = len(at)
    return [(np.ones((1, n)), np.asarray(at)), (np.reshape(changes, (n, 1)), np.zeros(1))]
