"""Noise and variance are squares, not standard deviations.

fails: part_noise, part_variance, table
diagnosis: none
"""

import numpy as np

_decompose = decompose


def decompose(predictions, targets):
    _, bias, _ = _decompose(predictions, targets)
    return np.mean(np.std(targets, axis=0)).item(), bias, np.mean(np.std(predictions, axis=0)).item()


def best_degree(x, Y, x_new, targets, degrees):
    errors = [expected_error(polynomial_predictions(x, Y, x_new, degree), targets) for degree in degrees]
    return degrees[int(np.argmin(errors))]
