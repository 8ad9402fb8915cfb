"""Multiply by the upstream gradient g.

fails: backward
diagnosis: upstream-ignored
"""

import numpy as np


def tanh_layer_vjp(x, W, g):
    d = 1 - np.tanh(x @ W) ** 2
    return d @ W.T, x.T @ d
