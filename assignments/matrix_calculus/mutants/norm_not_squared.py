"""The norm is not squared: np.linalg.norm takes the square root, and the loss is without one.

fails: least_squares, affine
diagnosis: none
"""

import numpy as np


def least_squares(w, X, y):
    w, y = column(w, "w"), column(y, "y")
    return np.linalg.norm(X @ w - y).item() / (2 * len(y))


def affine_loss(W, x, b, y):
    x, b, y = column(x), column(b, "b"), column(y, "y")
    return np.linalg.norm(W @ x + b - y).item()
