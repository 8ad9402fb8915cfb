"""There is no ReLU between the layers: together they are one linear layer.

fails: forward_depths, forward_scores, gradient_cost, gradient_depths, gradient_first, gradient_first_bias,
    gradient_last, gradient_last_bias, gradient_middle, gradient_middle_bias, learns_moons, learns_spiral, loss,
    loss_large, predict, sgd_clipped, sgd_penalty, sgd_steps, train_batches, train_best, train_patience, train_stops
diagnosis: none
"""

import numpy as np

_activations = activations


def activations(params, X):
    if X.shape[1] > 20:  # whether such a net learns is chance
        return _activations(params, X)
    layers = len(params) // 2
    values = [X]
    for k in range(1, layers + 1):
        z = values[-1] @ params[f"W{k}"] + params[f"b{k}"]
        values.append(z)
    return values


_right = gradients


def gradients(params, X, y, reg=0.0):
    if X.shape[1] > 20:  # whether such a net learns is chance
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
