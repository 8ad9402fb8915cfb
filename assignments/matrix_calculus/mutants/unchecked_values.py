"""The gradients refuse what is not a column, the values do not: there NumPy broadcasts without a word.

fails: half_square_refuses, least_squares_refuses, affine_refuses, softplus_refuses
diagnosis: none
"""

import numpy as np


def softplus(x, beta):
    return np.logaddexp(0, beta * x) / beta


def half_square(w, x, y):
    return 0.5 * ((w.T @ x).item() - y) ** 2


def least_squares(w, X, y):
    return (np.sum((X @ w - y) ** 2) / (2 * len(y))).item()


def affine_loss(W, x, b, y):
    return np.sum((W @ x + b - y) ** 2).item()
