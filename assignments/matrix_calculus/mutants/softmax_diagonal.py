"""Every output of softmax depends on every input: the Jacobian has entries off the diagonal.

fails: softmax_jacobian, softmax_jacobian_far
diagnosis: softmax-diagonal
"""

import numpy as np


def d_softmax(x):
    s = softmax(x)
    return np.diagflat(s * (1 - s))
