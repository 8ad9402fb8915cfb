"""Points that do not ascend have no piecewise linear function through them, and must be refused with ValueError.

fails: interpolant_refuses
diagnosis: none
"""

import numpy as np


def interpolant(x, y):
    changes = np.diff(np.diff(y) / np.diff(x), prepend=0)
    (W, b), (V, _) = hinges(x[:-1], changes)
    return [(W, b), (V, np.array([y[0]]))]
