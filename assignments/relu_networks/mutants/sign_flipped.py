"""The error is the output minus the target, not the other way round.

fails: gradient_first, gradient_middle, gradient_last, gradient_alone, gradient_at_zero,
    reverse_mode, descent, descent_elsewhere
diagnosis: sign
"""

_gradient = deep_linear_gradient


def deep_linear_gradient(Ws, X, Y):
    return [-g for g in _gradient(Ws, X, Y)]
