"""An argument of the forward is changed in place: += and -= write into the caller's array.

fails: affine_unchanged, batchnorm_unchanged, layernorm_unchanged, dropout_unchanged
diagnosis: none
"""

_affine, _batchnorm, _layernorm, _dropout = affine_forward, batchnorm_forward, layernorm_forward, dropout_forward


def affine_forward(x, w, b):
    answer = _affine(x, w, b)
    b -= 1
    return answer[0], (x, w)


def batchnorm_forward(x, gamma, beta, bn_param):
    answer = _batchnorm(x, gamma, beta, bn_param)
    x -= x.mean(axis=0)
    return answer


def layernorm_forward(x, gamma, beta, ln_param):
    answer = _layernorm(x, gamma, beta, ln_param)
    x -= x.mean(axis=1, keepdims=True)
    return answer


def dropout_forward(x, dropout_param):
    out, mask = _dropout(x, dropout_param)
    if mask is not None:
        x *= mask
        out = x
    return out, mask
