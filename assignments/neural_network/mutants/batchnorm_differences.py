"""The gradient by finite differences costs two evaluations for each entry of x: derive it.

fails: batchnorm_cost
diagnosis: none
"""

import numpy as np

_right = batchnorm_backward


def batchnorm_backward(x, gamma, beta, g, eps=1e-5):
    _, dgamma, dbeta = _right(x, gamma, beta, g, eps)
    dx = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        moved = np.array([x, x])
        moved[0][index] += 1e-5
        moved[1][index] -= 1e-5
        ends = [np.sum(g * batchnorm(one, gamma, beta, eps)[0]) for one in moved]
        dx[index] = (ends[0] - ends[1]) / 2e-5
    return dx, dgamma, dbeta
