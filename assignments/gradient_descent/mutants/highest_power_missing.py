"""The highest power is missing: there are degree + 1 columns.

fails: one_loss
diagnosis: none
"""

import numpy as np



def features(x, degree):
    return x ** np.arange(degree)


def fit(x, y, degree, strength):
    F = features(x, degree)
    A = np.concatenate([F, np.sqrt(strength * len(y)) * np.eye(degree)])
    return np.linalg.lstsq(A, np.concatenate([y, np.zeros((degree, 1))]), rcond=None)[0]
