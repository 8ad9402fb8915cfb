"""softmax divides by the sum over the wrong axis: x is a column, so its entries lie along axis 0.

fails: softmax, softmax_far, softmax_jacobian, softmax_jacobian_far
diagnosis: none
"""

import numpy as np


def softmax(x):
    e = np.exp(column(x) - np.max(x))
    return e / np.sum(e, axis=1, keepdims=True)
