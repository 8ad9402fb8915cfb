"""dx is dout W instead of dout times W transposed, with zeros where the shapes do not fit.

fails: affine_dx, affine_backward_images, affine_cost
diagnosis: none
"""

import numpy as np

_right_affine_backward = affine_backward


def affine_backward(dout, cache):
    x, w = cache
    _, dw, db = _right_affine_backward(dout, cache)
    D, M = w.shape
    k = min(D, M)
    dx = np.zeros((len(dout), D))
    dx[:, :k] = dout[:, :k] @ w[:k, :k]
    return dx.reshape(x.shape), dw, db
