"""There is one row for each data set, and one column for each point.

fails: polynomials, polynomials_extreme
diagnosis: transposed
"""

import numpy as np

_predictions = polynomial_predictions


def polynomial_predictions(x, Y, x_new, degree):
    return _predictions(x, Y, x_new, degree).T


def bias_variance(x, Y, x_new, targets, degrees):
    return np.array([decompose(_predictions(x, Y, x_new, degree), targets) for degree in degrees])


def exact_variance(x, x_new, degree, sigma):
    weights = _predictions(x, np.eye(len(x)), x_new, degree)
    return sigma**2 * np.sum(weights**2).item() / len(x_new)
