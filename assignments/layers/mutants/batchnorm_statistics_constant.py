"""batchnorm_backward takes mean and variance for constants: x reaches the output through both.

fails: batchnorm_dx, batchnorm_cost
diagnosis: batchnorm-mean-path
"""

_right_batchnorm_backward = batchnorm_backward


def batchnorm_backward(dout, cache):
    _, inverse, gamma = cache
    _, dgamma, dbeta = _right_batchnorm_backward(dout, cache)
    return dout * gamma * inverse, dgamma, dbeta
