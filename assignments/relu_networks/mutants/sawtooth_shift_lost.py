"""The -2 belongs to every step of the recursion: what goes into the next absolute value is 2|f| - 2.

fails: recursion, sawtooth_shallow, sawtooth_deep, sawtooth_outside, sawtooth_high
diagnosis: none
"""

import numpy as np

_sawtooth = sawtooth


def sawtooth(depth):
    params = _sawtooth(depth)
    return [(W, 0 * b) for W, b in params[:-1]] + params[-1:]


def sawtooth_value(x, depth):
    if depth == 0:
        return x
    for _ in range(depth):
        x = 2 * np.abs(x)
    return x - 2
