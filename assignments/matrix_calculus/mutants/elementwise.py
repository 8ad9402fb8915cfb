"""The derivative of a vector by a vector is a matrix, one entry for each pair; here is one entry for each entry of x.

fails: identity, sigmoid_jacobian, sigmoid_jacobian_far, softplus_jacobian, softplus_jacobian_far
diagnosis: none
"""

import numpy as np


def d_identity(x):
    return np.ones_like(column(x))


def d_sigmoid(x):
    s = sigmoid(x)
    return s * (1 - s)


def d_softplus(x, beta):
    return sigmoid(beta * column(x))
