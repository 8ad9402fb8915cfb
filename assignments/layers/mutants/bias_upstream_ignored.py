"""db counts the examples and leaves the upstream gradient out.

fails: affine_db
diagnosis: upstream-ignored
"""

import numpy as np

_right_affine_backward = affine_backward


def affine_backward(dout, cache):
    dx, dw, _ = _right_affine_backward(dout, cache)
    return dx, dw, np.full(dout.shape[1], float(len(dout)))
