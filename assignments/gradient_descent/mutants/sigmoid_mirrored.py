"""Here sigmoid falls: the exponent is -z, not z.

fails: sigmoid, sigmoid_far
diagnosis: none
"""

import numpy as np


def sigmoid(z):
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, e, 1) / (1 + e)


def logistic_gradient(w, X, y):
    return X.T @ (1 - sigmoid(X @ w) - y)
