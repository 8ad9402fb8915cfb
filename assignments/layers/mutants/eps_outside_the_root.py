"""eps is added to the standard deviation: it belongs to the variance, below the root.

fails: batchnorm_eps, batchnorm_dx, batchnorm_dgamma, layernorm_eps, layernorm_dx, layernorm_dgamma
diagnosis: none
"""

import numpy as np


def normalised(x, axis, eps):
    mean = x.mean(axis=axis, keepdims=True)
    inverse = 1 / (x.std(axis=axis, keepdims=True) + eps)
    return (x - mean) * inverse, inverse


def normalised_backward(d, hat, inverse, axis):
    centred = hat / inverse
    deviation = np.sqrt((centred**2).mean(axis=axis, keepdims=True))
    along_variance = (d * centred).mean(axis=axis, keepdims=True) * centred * inverse / deviation
    return inverse * (d - d.mean(axis=axis, keepdims=True) - along_variance)
