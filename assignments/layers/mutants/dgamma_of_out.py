"""dgamma is summed with x, and not with what gamma multiplies: x with its mean taken away and its deviation divided by.

fails: batchnorm_dgamma, layernorm_dgamma
diagnosis: none
"""

_forwards, _backwards = (batchnorm_forward, layernorm_forward), (batchnorm_backward, layernorm_backward)


def batchnorm_forward(x, gamma, beta, bn_param):
    out, cache = _forwards[0](x, gamma, beta, bn_param)
    return out, (x, cache)


def batchnorm_backward(dout, cache):
    dx, _, dbeta = _backwards[0](dout, cache[1])
    return dx, (dout * cache[0]).sum(axis=0), dbeta


def layernorm_forward(x, gamma, beta, ln_param):
    out, cache = _forwards[1](x, gamma, beta, ln_param)
    return out, (x, cache)


def layernorm_backward(dout, cache):
    dx, _, dbeta = _backwards[1](dout, cache[1])
    return dx, (dout * cache[0]).sum(axis=0), dbeta
