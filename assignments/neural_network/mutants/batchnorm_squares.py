"""The variance as the mean of the squares less the square of the mean loses all digits where the mean is large.

fails: batchnorm_offset
diagnosis: none
"""

import numpy as np


def batchnorm(x, gamma, beta, eps=1e-5):
    mean = np.mean(x, axis=0)
    var = np.maximum(0, np.mean(x * x, axis=0) - mean * mean)
    return batchnorm_predict(x, gamma, beta, mean, var, eps), mean, var
