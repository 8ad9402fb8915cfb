"""Exponentials overflow for large scores: subtract each example's largest score before.

fails: softmax_large, softmax_far
diagnosis: none
"""

import numpy as np


def softmax_loss(x, y):
    rows = np.arange(len(x))
    p = np.exp(x)
    p = p / p.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(p[rows, y]))
    p[rows, y] -= 1
    return loss, p / len(x)
