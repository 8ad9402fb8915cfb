"""Each layer adds its bias before the ReLU.

fails: forward_shallow, forward_deep, forward_affine, kinks_one_layer, kinks_two_layers, kinks_deep,
    kinks_twice, kinks_cancel, kinks_dead, kinks_masked, kinks_close, kinks_ends
diagnosis: none
"""

import numpy as np


def relu_network(params, x):
    for W, _ in params[:-1]:
        x = np.maximum(x @ W, 0)
    W, _ = params[-1]
    return x @ W
