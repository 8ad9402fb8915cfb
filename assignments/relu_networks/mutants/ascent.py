"""Descent subtracts the gradient.

fails: descent, descent_elsewhere
diagnosis: sign
"""


def deep_linear_descent(Ws, X, Y, lr, steps):
    for _ in range(steps):
        Ws = [W + lr * g for W, g in zip(Ws, deep_linear_gradient(Ws, X, Y), strict=True)]
    return Ws
