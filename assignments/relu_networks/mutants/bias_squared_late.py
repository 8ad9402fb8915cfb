"""The bias is squared at each point, before the mean over the points: otherwise its signs cancel.

fails: part_bias, table
diagnosis: none
"""

import numpy as np

_decompose = decompose


def decompose(predictions, targets):
    noise, _, variance = _decompose(predictions, targets)
    return noise, (np.mean(predictions) - np.mean(targets)).item() ** 2, variance


def best_degree(x, Y, x_new, targets, degrees):
    errors = [expected_error(polynomial_predictions(x, Y, x_new, degree), targets) for degree in degrees]
    return degrees[int(np.argmin(errors))]
