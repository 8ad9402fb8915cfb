"""No ReLU follows the last layer: the output may be negative.

fails: forward_shallow, forward_deep, forward_affine, kinks_one_layer, kinks_two_layers, kinks_deep,
    kinks_twice, kinks_cancel, kinks_dead, kinks_masked, kinks_close, kinks_ends
diagnosis: none
"""

import numpy as np


def relu_network(params, x):
    for W, b in params:
        x = np.maximum(x @ W + b, 0)
    return x
