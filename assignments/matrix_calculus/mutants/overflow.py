"""exp overflows for large arguments: only ever take exp of what is not positive.

fails: sigmoid_far, sigmoid_jacobian_far, softmax_far, softmax_jacobian_far, softplus_far, softplus_jacobian_far
diagnosis: none
"""

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-column(x)))


def softmax(x):
    e = np.exp(column(x))
    return e / np.sum(e)


def softplus(x, beta):
    return np.log(1 + np.exp(beta * column(x))) / beta
