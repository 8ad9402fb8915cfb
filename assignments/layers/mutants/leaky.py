"""This is a leaky relu: max(0, x) is 0 below 0.

fails: relu_forward, relu_dx, relu_zero
diagnosis: missing-mask
"""

import numpy as np


def relu_forward(x):
    return np.where(x > 0, x, 0.01 * x), x


def relu_backward(dout, cache):
    return dout * np.where(cache > 0, 1.0, 0.01)
