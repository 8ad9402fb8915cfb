"""Gradients of vectors are rows of shape (1, D): sum without keepdims.

fails: affine_shapes, batchnorm_shapes, layernorm_shapes
diagnosis: keepdims
"""

_affine, _batchnorm, _layernorm = affine_backward, batchnorm_backward, layernorm_backward


def affine_backward(dout, cache):
    dx, dw, db = _affine(dout, cache)
    return dx, dw, db[None]


def batchnorm_backward(dout, cache):
    dx, dgamma, dbeta = _batchnorm(dout, cache)
    return dx, dgamma[None], dbeta[None]


def layernorm_backward(dout, cache):
    dx, dgamma, dbeta = _layernorm(dout, cache)
    return dx, dgamma[None], dbeta[None]
