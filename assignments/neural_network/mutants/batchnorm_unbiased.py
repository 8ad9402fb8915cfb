"""The variance is divided by N - 1: here it is the mean of the squared deviations.

fails: two_scores
diagnosis: none
"""

import numpy as np


def batchnorm(x, gamma, beta, eps=1e-5):
    mean, var = np.mean(x, axis=0), np.var(x, axis=0, ddof=1)
    return batchnorm_predict(x, gamma, beta, mean, var, eps), mean, var
