"""batchnorm_backward takes the variance for a constant: x reaches the output through it, too.

fails: batchnorm_dx, batchnorm_cost
diagnosis: batchnorm-variance-path
"""

_right_batchnorm_backward = batchnorm_backward


def batchnorm_backward(dout, cache):
    _, inverse, gamma = cache
    _, dgamma, dbeta = _right_batchnorm_backward(dout, cache)
    d = dout * gamma
    return inverse * (d - d.mean(axis=0)), dgamma, dbeta
