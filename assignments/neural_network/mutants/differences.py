"""Gradients by finite differences cost two losses for each weight: derive them.

fails: gradient_cost
diagnosis: none
"""

import numpy as np

_right = gradients
_sgd = sgd


def gradients(params, X, y, reg=0.0):
    grads = {}
    for name, array in params.items():
        grads[name] = np.zeros_like(array)
        for index in np.ndindex(array.shape):
            ends = []
            for step in (1e-5, -1e-5):
                moved = array.copy()
                moved[index] += step
                ends.append(loss({**params, name: moved}, X, y, reg))
            grads[name][index] = (ends[0] - ends[1]) / 2e-5
    return grads


def sgd(params, batches, lr, reg=0.0, bound=None):
    """So that only the cost tells."""
    global gradients
    slow, gradients = gradients, _right
    params = _sgd(params, batches, lr, reg, bound)
    gradients = slow
    return params
