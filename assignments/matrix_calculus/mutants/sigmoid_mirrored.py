"""This is sigmoid(-x): the two cases of the stable formula are swapped.

fails: sigmoid, sigmoid_far, softplus_jacobian, softplus_jacobian_far
diagnosis: none
"""

import numpy as np


def sigmoid(x):
    e = np.exp(-np.abs(column(x)))
    return np.where(x >= 0, e, 1) / (1 + e)
