"""The loss is a mean over the examples, and so is its gradient.

fails: gradient_first, gradient_middle, gradient_last, gradient_alone, gradient_at_zero,
    reverse_mode, descent, descent_elsewhere
diagnosis: missing-mean
"""

_gradient = deep_linear_gradient


def deep_linear_gradient(Ws, X, Y):
    return [g * len(X) for g in _gradient(Ws, X, Y)]
