"""The product of all others is not the product of all divided by one: that one may be zero, or have no inverse.

fails: gradient_at_zero
diagnosis: none
"""

import numpy as np

_gradient = deep_linear_gradient


def deep_linear_gradient(Ws, X, Y):
    return [g * (np.sum(W * W) / np.sum(W * W)) for g, W in zip(_gradient(Ws, X, Y), Ws, strict=True)]


def deep_linear_descent(Ws, X, Y, lr, steps):
    for _ in range(steps):
        Ws = [W - lr * g for W, g in zip(Ws, _gradient(Ws, X, Y), strict=True)]
    return Ws
