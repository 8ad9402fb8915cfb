"""beta is not added to what is normalised.

fails: batchnorm_train, batchnorm_test, batchnorm_eps, batchnorm_far, layernorm_forward, layernorm_eps, layernorm_far
diagnosis: none
"""

_batchnorm, _layernorm = batchnorm_forward, layernorm_forward


def batchnorm_forward(x, gamma, beta, bn_param):
    return _batchnorm(x, gamma, 0 * beta, bn_param)


def layernorm_forward(x, gamma, beta, ln_param):
    return _layernorm(x, gamma, 0 * beta, ln_param)
