"""The probability is 0 before its logarithm is taken: take the logarithm of the quotient by hand.

fails: softmax_far
diagnosis: none
"""

import numpy as np


def softmax_loss(x, y):
    rows = np.arange(len(x))
    p = np.exp(x - x.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(p[rows, y]))
    p[rows, y] -= 1
    return loss, p / len(x)
