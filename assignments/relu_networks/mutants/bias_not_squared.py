"""The second number is the square of the bias.

fails: part_bias, table
diagnosis: none
"""

import numpy as np

_decompose = decompose


def decompose(predictions, targets):
    noise, _, variance = _decompose(predictions, targets)
    return noise, np.mean(np.abs(predictions.mean(axis=0) - targets.mean(axis=0))).item(), variance


def best_degree(x, Y, x_new, targets, degrees):
    errors = [expected_error(polynomial_predictions(x, Y, x_new, degree), targets) for degree in degrees]
    return degrees[int(np.argmin(errors))]
