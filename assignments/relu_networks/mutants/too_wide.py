"""The function is right, with more units than are needed: each kink takes one.

fails: hinges_width, interpolant_width, interpolant_two
diagnosis: none
"""

import numpy as np

_hinges = hinges


def _with_one_more(params):
    (W, b), (V, c) = params
    return [(np.append(W, [[0.0]], axis=1), np.append(b, 0.0)), (np.append(V, [[0.0]], axis=0), c)]


def hinges(at, changes):
    return _with_one_more(_hinges(at, changes))


def interpolant(x, y):
    gaps = np.diff(x)
    if np.any(gaps <= 0):
        raise ValueError
    (W, b), (V, _) = _with_one_more(_hinges(x[:-1], np.diff(np.diff(y) / gaps, prepend=0)))
    return [(W, b), (V, np.array([y[0]]))]
