"""batchnorm_backward takes the mean for a constant: x reaches the output through it, too.

fails: batchnorm_dx, batchnorm_cost
diagnosis: batchnorm-mean-path
"""

_right_batchnorm_backward = batchnorm_backward


def batchnorm_backward(dout, cache):
    hat, inverse, gamma = cache
    _, dgamma, dbeta = _right_batchnorm_backward(dout, cache)
    d = dout * gamma
    return inverse * (d - hat * (d * hat).mean(axis=0)), dgamma, dbeta
