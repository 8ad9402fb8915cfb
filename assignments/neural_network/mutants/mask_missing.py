"""The way back does not stop where a ReLU gave 0.

fails: gradient_depths, gradient_first, gradient_first_bias, gradient_middle, gradient_middle_bias, loss_large,
    sgd_clipped, sgd_penalty, sgd_steps, train_batches, train_best, train_patience, train_stops
diagnosis: none
"""

import numpy as np

_right = gradients


def gradients(params, X, y, reg=0.0):
    if len(X) > 20:  # whether such a net learns is chance
        return _right(params, X, y, reg)
    values = activations(params, X)
    grads = {}
    d_output = cross_entropy(values[-1], y)[1]
    for k in range(len(params) // 2, 0, -1):
        grads[f"W{k}"] = values[k - 1].T @ d_output
        grads[f"b{k}"] = np.sum(d_output, axis=0)
        d_output = d_output @ params[f"W{k}"].T
    for name, slope in penalty(params, reg)[1].items():
        grads[name] += slope
    return grads
