"""Each data set has a fit of its own, not all the same.

fails: polynomials, polynomials_extreme, table, degree_chosen, variance_exact
diagnosis: none
"""

import numpy as np

_predictions = polynomial_predictions


def polynomial_predictions(x, Y, x_new, degree):
    return np.tile(_predictions(x, Y.mean(axis=0, keepdims=True), x_new, degree), (len(Y), 1))
