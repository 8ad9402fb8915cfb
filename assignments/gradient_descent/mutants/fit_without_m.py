"""The squares are divided by m, the penalty is not: where you multiply by m, multiply both.

fails: fit_penalised, mended, strength_chosen
diagnosis: none
"""

import numpy as np


def fit(x, y, degree, strength):
    F = features(x, degree)
    A = np.concatenate([F, np.sqrt(strength) * np.eye(degree + 1)])
    return np.linalg.lstsq(A, np.concatenate([y, np.zeros((degree + 1, 1))]), rcond=None)[0]
