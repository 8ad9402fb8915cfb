"""The absolute value needs both directions: |z| = relu(z) + relu(-z).

fails: recursion, sawtooth_shallow, sawtooth_deep, sawtooth_outside, sawtooth_high, sawtooth_refuses
diagnosis: none
"""

import numpy as np

_sawtooth = sawtooth


def sawtooth(depth):
    params = _sawtooth(depth)
    return [*params[:-1], (params[-1][0] * np.array([[1.0], [0.0]]), params[-1][1])]


def sawtooth_value(x, depth):
    for _ in range(depth):
        x = 2 * np.maximum(x, 0) - 2
    return x
