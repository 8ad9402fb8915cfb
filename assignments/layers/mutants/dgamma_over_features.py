"""The gradients by gamma and beta are sums over the features: each is shared by the examples, so sum over these.

fails: layernorm_shapes, layernorm_dgamma, layernorm_dbeta
diagnosis: none
"""

_right_layernorm_backward = layernorm_backward


def layernorm_backward(dout, cache):
    dx, _, _ = _right_layernorm_backward(dout, cache)
    return dx, (dout * cache[0]).sum(axis=1), dout.sum(axis=1)
