"""A network may have any number of layers, also one or four.

fails: forward_deep, forward_affine, kinks_one_layer, kinks_two_layers, kinks_deep,
    kinks_twice, kinks_cancel, kinks_dead, kinks_masked, kinks_close, kinks_ends
diagnosis: none
"""

import numpy as np


def relu_network(params, x):
    (W, b), (V, c) = params[0], params[-1]
    return np.maximum(x @ W + b, 0) @ V + c
