"""The derivative of softplus depends on beta: it is sigmoid(beta x).

fails: softplus_jacobian, softplus_jacobian_far
diagnosis: none
"""

import numpy as np


def d_softplus(x, beta):
    return np.diagflat(sigmoid(x))
