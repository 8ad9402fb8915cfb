"""This is the noise of rows drawn with replacement; the rows of a subset are all different.

fails: noise, noise_of_extremes
diagnosis: none
"""

import numpy as np


def batch_noise(w, X, y, size):
    each = X * (X @ w - y)
    return np.sum((each - each.mean(axis=0)) ** 2).item() / (len(y) * size)
