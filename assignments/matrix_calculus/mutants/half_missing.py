"""The 1/2 in front of the loss is missing.

fails: half_square, least_squares
diagnosis: factor
"""

import numpy as np


def half_square(w, x, y):
    w, x = column(w, "w"), column(x)
    return ((w.T @ x).item() - y) ** 2


def least_squares(w, X, y):
    w, y = column(w, "w"), column(y, "y")
    return np.mean((X @ w - y) ** 2).item()
