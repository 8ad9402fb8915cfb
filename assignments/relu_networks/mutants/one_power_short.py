"""A polynomial of degree d has d + 1 coefficients.

fails: polynomials, polynomials_extreme, table, degree_chosen, variance_exact
diagnosis: none
"""

import numpy as np

_predictions = polynomial_predictions


def polynomial_predictions(x, Y, x_new, degree):
    return _predictions(x, Y, x_new, degree - 1) if degree else np.zeros((len(Y), len(x_new)))
