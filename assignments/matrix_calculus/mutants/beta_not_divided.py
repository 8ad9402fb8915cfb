"""The 1/beta in front of the logarithm is missing.

fails: softplus, softplus_far
diagnosis: factor
"""

import numpy as np


def softplus(x, beta):
    return np.logaddexp(0, beta * column(x))
