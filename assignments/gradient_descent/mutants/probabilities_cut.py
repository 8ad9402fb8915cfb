"""Cutting the probabilities off avoids the logarithm of 0, but bounds a loss that has no bound.

fails: logistic_loss_far
diagnosis: none
"""

import numpy as np


def logistic_loss(w, X, y):
    p = np.clip(sigmoid(X @ w), 1e-15, 1 - 1e-15)
    return -np.sum(y * np.log(p) + (1 - y) * np.log(1 - p)).item()
