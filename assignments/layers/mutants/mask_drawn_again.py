"""dropout_backward draws a mask of its own: the gradient flows where the forward let x pass.

fails: dropout_dx, dropout_cache
diagnosis: none
"""

import numpy as np


def dropout_backward(dout, cache):
    if cache is None:
        return dout
    return dout * np.random.permutation(cache.ravel()).reshape(cache.shape)
