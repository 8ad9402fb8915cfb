"""dx of a normalisation leaves gamma out, by which its forward multiplies.

fails: batchnorm_dx, batchnorm_cost, layernorm_dx, layernorm_cost
diagnosis: missing-factor
"""

_batchnorm, _layernorm = batchnorm_backward, layernorm_backward


def batchnorm_backward(dout, cache):
    hat, inverse, _ = cache
    return _batchnorm(dout, (hat, inverse, 1.0))


def layernorm_backward(dout, cache):
    hat, inverse, _ = cache
    return _layernorm(dout, (hat, inverse, 1.0))
