"""The cache is kept in a variable of the module: a second forward overwrites it, so return it.

fails: affine_cache, relu_cache, batchnorm_cache, layernorm_cache, dropout_cache
diagnosis: none
"""

_forwards = affine_forward, relu_forward, batchnorm_forward, layernorm_forward, dropout_forward
_backwards = affine_backward, relu_backward, batchnorm_backward, layernorm_backward, dropout_backward
_last = {}


def _kept(k, *given):
    out, _last[k] = _forwards[k](*given)
    return out, None


def affine_forward(x, w, b):
    return _kept(0, x, w, b)


def relu_forward(x):
    return _kept(1, x)


def batchnorm_forward(x, gamma, beta, bn_param):
    return _kept(2, x, gamma, beta, bn_param)


def layernorm_forward(x, gamma, beta, ln_param):
    return _kept(3, x, gamma, beta, ln_param)


def dropout_forward(x, dropout_param):
    return _kept(4, x, dropout_param)


def affine_backward(dout, cache):
    return _backwards[0](dout, _last[0])


def relu_backward(dout, cache):
    return _backwards[1](dout, _last[1])


def batchnorm_backward(dout, cache):
    return _backwards[2](dout, _last[2])


def layernorm_backward(dout, cache):
    return _backwards[3](dout, _last[3])


def dropout_backward(dout, cache):
    return _backwards[4](dout, _last[4])
