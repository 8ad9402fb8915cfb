"""The gradients by gamma and beta are returned in each other's place.

fails: batchnorm_dgamma, batchnorm_dbeta, layernorm_dgamma, layernorm_dbeta
diagnosis: none
"""

_batchnorm, _layernorm = batchnorm_backward, layernorm_backward


def batchnorm_backward(dout, cache):
    dx, dgamma, dbeta = _batchnorm(dout, cache)
    return dx, dbeta, dgamma


def layernorm_backward(dout, cache):
    dx, dgamma, dbeta = _layernorm(dout, cache)
    return dx, dbeta, dgamma
