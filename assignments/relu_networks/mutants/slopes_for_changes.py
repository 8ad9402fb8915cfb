"""A unit that is on stays on: its weight is by how much the slope changes, not the slope itself.

fails: interpolant_values
diagnosis: none
"""

import numpy as np


def interpolant(x, y):
    gaps = np.diff(x)
    if np.any(gaps <= 0):
        raise ValueError
    slopes = np.diff(y) / gaps
    (W, b), (V, _) = hinges(x[:-1], slopes)
    return [(W, b), (V, np.array([y[0]]))]
