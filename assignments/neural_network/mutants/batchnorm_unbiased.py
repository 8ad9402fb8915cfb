"""The variance is divided by N - 1: here it is the mean of the squared deviations.

fails: batchnorm_eps, batchnorm_offset, batchnorm_output, batchnorm_statistics
diagnosis: factor
"""

import numpy as np


def batchnorm(x, gamma, beta, eps=1e-5):
    mean, var = np.mean(x, axis=0), np.var(x, axis=0, ddof=1)
    return batchnorm_predict(x, gamma, beta, mean, var, eps), mean, var
