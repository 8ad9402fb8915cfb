"""Kink by kink the sawtooth takes one hidden layer that is wide. Use depth: hidden layers of two units each.

fails: sawtooth_width, sawtooth_outside, sawtooth_high
diagnosis: none
"""

import numpy as np


def sawtooth(depth):
    if depth < 1:
        raise ValueError
    x = np.linspace(-2, 2, 2 ** min(depth, 10) + 1)
    return interpolant(x, sawtooth_value(x, depth))
