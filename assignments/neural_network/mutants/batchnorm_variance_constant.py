"""The gradient by x takes the variance of the batch for a constant: each x moves it.

fails: batchnorm_cost, batchnorm_eps, batchnorm_x
diagnosis: batchnorm-variance-path
"""

import numpy as np


def batchnorm_backward(x, gamma, beta, g, eps=1e-5):
    mean = np.mean(x, axis=0)
    deviation = np.sqrt(np.mean((x - mean) ** 2, axis=0) + eps)
    normal = (x - mean) / deviation
    d_normal = g * gamma
    dx = d_normal - np.mean(d_normal, axis=0)
    return dx / deviation, np.sum(g * normal, axis=0), np.sum(g, axis=0)
