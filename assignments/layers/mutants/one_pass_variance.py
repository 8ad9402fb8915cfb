"""The variance is a difference of two large numbers where the mean is large: subtract the mean before squaring.

fails: batchnorm_far, layernorm_far
diagnosis: none
"""

import numpy as np


def normalised(x, axis, eps):
    mean = x.mean(axis=axis, keepdims=True)
    variance = (x**2).mean(axis=axis, keepdims=True) - mean**2
    inverse = 1 / np.sqrt(np.maximum(variance, 0) + eps)
    return (x - mean) * inverse, inverse
