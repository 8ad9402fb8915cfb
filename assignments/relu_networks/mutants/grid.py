"""On a grid the kinks can only be told as exactly as the grid is fine, and two between the same points look like one.

fails: kinks_one_layer, kinks_two_layers, kinks_deep, kinks_twice, kinks_cancel,
    kinks_dead, kinks_masked, kinks_close, kinks_ends
diagnosis: none
"""

import numpy as np


def kinks(params, lo, hi):
    if lo >= hi:
        raise ValueError
    x = np.linspace(lo, hi, 5003)
    f = relu_network(params, x[:, None])[:, 0]
    second = np.abs(np.diff(f, 2))
    return x[1:-1][second > 1e-9 * np.max(np.abs(f))]
