"""Where the strength is 0 there is no penalty at all.

fails: fit_plain, overfits, mended
diagnosis: none
"""

import numpy as np


def fit(x, y, degree, strength):
    F = features(x, degree)
    A = np.concatenate([F, np.sqrt(max(strength, 1e-2) * len(y)) * np.eye(degree + 1)])
    return np.linalg.lstsq(A, np.concatenate([y, np.zeros((degree + 1, 1))]), rcond=None)[0]


def best_strength(x, y, x_val, y_val, degree, strengths):
    def loss(strength):
        A = np.concatenate([features(x, degree), np.sqrt(strength * len(y)) * np.eye(degree + 1)])
        c = np.linalg.lstsq(A, np.concatenate([y, np.zeros((degree + 1, 1))]), rcond=None)[0]
        return linear_loss(c, features(x_val, degree), y_val)

    return min(strengths, key=loss)
