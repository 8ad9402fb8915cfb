"""The derivative of tanh is 1 - tanh^2.

fails: backward
diagnosis: wrong-activation-derivative
"""

import numpy as np


def tanh_layer_vjp(x, W, g):
    d = g * np.tanh(x @ W)
    return d @ W.T, x.T @ d
