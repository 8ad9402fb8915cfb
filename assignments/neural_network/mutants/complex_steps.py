"""Gradients by complex steps cost a loss for each weight: derive them.

fails: gradient_cost
diagnosis: none
"""

import numpy as np

_right = gradients
_sgd = sgd


def complex_loss(params, X, y, reg):
    h, layers = X, len(params) // 2
    for k in range(1, layers + 1):
        z = h @ params[f"W{k}"] + params[f"b{k}"]
        h = np.where(z.real > 0, z, 0) if k < layers else z
    h = h - np.max(h.real, axis=1, keepdims=True)
    log_p = h[np.arange(len(y)), y] - np.log(np.sum(np.exp(h), axis=1))
    return penalty(params, reg)[0] - np.mean(log_p)


def gradients(params, X, y, reg=0.0):
    grads = {}
    for name, array in params.items():
        grads[name] = np.zeros_like(array)
        for index in np.ndindex(array.shape):
            moved = array.astype(complex)
            moved[index] += 1e-30j
            grads[name][index] = complex_loss({**params, name: moved}, X, y, reg).imag / 1e-30
    return grads


def sgd(params, batches, lr, reg=0.0, bound=None):
    """So that only the cost tells."""
    global gradients
    slow, gradients = gradients, _right
    params = _sgd(params, batches, lr, reg, bound)
    gradients = slow
    return params
