"""The penalty counts all coefficients, that of the constant too.

fails: one_loss
diagnosis: none
"""

import numpy as np



def fit(x, y, degree, strength):
    F = features(x, degree)
    penalty = np.sqrt(strength * len(y)) * np.eye(degree + 1)
    penalty[0, 0] = 0
    return np.linalg.lstsq(np.concatenate([F, penalty]), np.concatenate([y, np.zeros((degree + 1, 1))]), rcond=None)[0]


def best_strength(x, y, x_val, y_val, degree, strengths):
    from math import sqrt

    def loss(strength):
        A = np.concatenate([features(x, degree), sqrt(strength * len(y)) * np.eye(degree + 1)])
        c = np.linalg.lstsq(A, np.concatenate([y, np.zeros((degree + 1, 1))]), rcond=None)[0]
        return linear_loss(c, features(x_val, degree), y_val)

    return min(strengths, key=loss)
