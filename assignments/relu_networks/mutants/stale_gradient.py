"""Each step takes the gradient where it stands, not where training began.

fails: descent, descent_elsewhere
diagnosis: none
"""


def deep_linear_descent(Ws, X, Y, lr, steps):
    return [W - lr * steps * g for W, g in zip(Ws, deep_linear_gradient(Ws, X, Y), strict=True)]
