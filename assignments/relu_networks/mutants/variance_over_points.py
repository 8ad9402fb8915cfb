"""Variance is how predictions at one point differ from data set to data set, not from point to point.

fails: part_noise, part_variance, table
diagnosis: none
"""

import numpy as np

_decompose = decompose


def decompose(predictions, targets):
    _, bias, _ = _decompose(predictions, targets)
    return np.mean(np.var(targets, axis=1)).item(), bias, np.mean(np.var(predictions, axis=1)).item()


def best_degree(x, Y, x_new, targets, degrees):
    errors = [expected_error(polynomial_predictions(x, Y, x_new, degree), targets) for degree in degrees]
    return degrees[int(np.argmin(errors))]
