"""Each gradient has the shape of its matrix: this is the transpose.

fails: gradient_first, gradient_middle, gradient_last, gradient_alone, gradient_at_zero, reverse_mode
diagnosis: transposed
"""

_gradient = deep_linear_gradient


def deep_linear_gradient(Ws, X, Y):
    return [g.T for g in _gradient(Ws, X, Y)]


def deep_linear_descent(Ws, X, Y, lr, steps):
    for _ in range(steps):
        Ws = [W - lr * g for W, g in zip(Ws, _gradient(Ws, X, Y), strict=True)]
    return Ws
