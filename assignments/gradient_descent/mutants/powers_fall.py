"""The powers rise from 1 to x^degree; here they fall.

fails: polynomial, fit_plain, fit_penalised, overfits, mended
diagnosis: none
"""

import numpy as np


def features(x, degree):
    return np.vander(x.ravel(), degree + 1)
