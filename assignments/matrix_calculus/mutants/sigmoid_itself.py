"""The derivative of the sigmoid is s (1 - s), not s.

fails: sigmoid_jacobian, sigmoid_jacobian_far
diagnosis: none
"""

import numpy as np


def d_sigmoid(x):
    return np.diagflat(sigmoid(x))
