"""layernorm_backward takes the mean for a constant: x reaches the output through it, too.

fails: layernorm_dx, layernorm_cost
diagnosis: batchnorm-mean-path
"""

_right_layernorm_backward = layernorm_backward


def layernorm_backward(dout, cache):
    hat, inverse, gamma = cache
    _, dgamma, dbeta = _right_layernorm_backward(dout, cache)
    d = dout * gamma
    return inverse * (d - hat * (d * hat).mean(axis=1, keepdims=True)), dgamma, dbeta
