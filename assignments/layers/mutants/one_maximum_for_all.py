"""The largest score of all examples is subtracted, and where scores are far below it all exponentials are 0.

fails: softmax_large
diagnosis: none
"""

import numpy as np


def softmax_loss(x, y):
    rows = np.arange(len(x))
    shifted = x - np.max(x)
    totals = np.exp(shifted).sum(axis=1, keepdims=True)
    loss = -np.mean(shifted[rows, y] - np.log(totals[:, 0]))
    dx = np.exp(shifted) / totals
    dx[rows, y] -= 1
    return loss, dx / len(x)
