"""dbeta is averaged over the batch: what beta changes adds up over the examples.

fails: batchnorm_dbeta, layernorm_dbeta
diagnosis: factor
"""

_batchnorm, _layernorm = batchnorm_backward, layernorm_backward


def batchnorm_backward(dout, cache):
    dx, dgamma, _ = _batchnorm(dout, cache)
    return dx, dgamma, dout.mean(axis=0)


def layernorm_backward(dout, cache):
    dx, dgamma, _ = _layernorm(dout, cache)
    return dx, dgamma, dout.mean(axis=0)
