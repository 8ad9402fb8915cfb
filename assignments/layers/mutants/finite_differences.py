"""The gradients are differences of the forward: derive them, for this costs two forwards for every entry.

fails: affine_cost, relu_cost, softmax_cost, svm_cost, batchnorm_cost, layernorm_cost
diagnosis: none
"""

import numpy as np

_affine, _relu, _batchnorm, _layernorm = affine_forward, relu_forward, batchnorm_forward, layernorm_forward
_softmax, _svm = softmax_loss, svm_loss


def _slopes(f, x, dout, h=1e-5):
    x, slopes = x.copy(), np.zeros(x.shape)
    for index in np.ndindex(*x.shape):
        old = x[index]
        x[index] = old + h
        above = f(x).copy()
        x[index] = old - h
        below = f(x).copy()
        x[index] = old
        slopes[index] = np.sum((above - below) * dout) / (2 * h)
    return slopes


def affine_forward(x, w, b):
    return _affine(x, w, b)[0], (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    return (
        _slopes(lambda v: _affine(v, w, b)[0], x, dout),
        _slopes(lambda v: _affine(x, v, b)[0], w, dout),
        _slopes(lambda v: _affine(x, w, v)[0], b, dout),
    )


def relu_backward(dout, cache):
    return _slopes(lambda v: _relu(v)[0], cache, dout)


def softmax_loss(x, y):
    return _softmax(x, y)[0], _slopes(lambda v: _softmax(v, y)[0], x, 1.0)


def svm_loss(x, y):
    return _svm(x, y)[0], _slopes(lambda v: _svm(v, y)[0], x, 1.0)


def batchnorm_forward(x, gamma, beta, bn_param):
    given = dict(bn_param)
    return _batchnorm(x, gamma, beta, bn_param)[0], (x, gamma, beta, given)


def layernorm_forward(x, gamma, beta, ln_param):
    return _layernorm(x, gamma, beta, ln_param)[0], (x, gamma, beta, dict(ln_param))


def _of_normalisation(forward, dout, cache):
    x, gamma, beta, param = cache
    return (
        _slopes(lambda v: forward(v, gamma, beta, dict(param))[0], x, dout),
        _slopes(lambda v: forward(x, v, beta, dict(param))[0], gamma, dout),
        _slopes(lambda v: forward(x, gamma, v, dict(param))[0], beta, dout),
    )


def batchnorm_backward(dout, cache):
    return _of_normalisation(_batchnorm, dout, cache)


def layernorm_backward(dout, cache):
    return _of_normalisation(_layernorm, dout, cache)
