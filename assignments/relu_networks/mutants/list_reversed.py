"""On the way back the last gradient comes first: turn the list round.

fails: gradient_first, gradient_last, gradient_at_zero, reverse_mode
diagnosis: none
"""

_gradient = deep_linear_gradient


def deep_linear_gradient(Ws, X, Y):
    return _gradient(Ws, X, Y)[::-1]


def deep_linear_descent(Ws, X, Y, lr, steps):
    for _ in range(steps):
        Ws = [W - lr * g for W, g in zip(Ws, _gradient(Ws, X, Y), strict=True)]
    return Ws
