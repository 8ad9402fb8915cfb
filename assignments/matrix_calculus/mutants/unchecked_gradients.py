"""The values refuse what is not a column, the gradients do not: there NumPy broadcasts without a word.

fails: form_refuses, half_square_refuses, least_squares_refuses, affine_refuses, sigmoid_refuses, softmax_refuses,
    softplus_refuses
diagnosis: none
"""

import numpy as np


def d_sigmoid(x):
    s = 0.5 * (1 + np.tanh(0.5 * x))
    return np.diagflat(s * (1 - s))


def d_softmax(x):
    e = np.exp(x - np.max(x))
    s = e / np.sum(e)
    return np.diagflat(s) - np.outer(s, s)


def d_softplus(x, beta):
    return np.diagflat(0.5 * (1 + np.tanh(0.5 * beta * x)))


def d_form(x, A, z):
    return (A + A.T) @ x + z


def d_half_square(w, x, y):
    return ((w.T @ x).item() - y) * x


def d_least_squares(w, X, y):
    return X.T @ (X @ w - y) / len(y)


def d_affine_loss(W, x, b, y):
    dz = 2 * (W @ x + b - y)
    return np.outer(dz, x), W.T @ dz, dz, dz
