"""eps is added to the root: it belongs under it.

fails: batchnorm_eps, batchnorm_new, batchnorm_output
diagnosis: none
"""

import numpy as np


def batchnorm_predict(x, gamma, beta, mean, var, eps=1e-5):
    return gamma * (x - mean) / (np.sqrt(var) + eps) + beta
