"""The new running averages are computed, but not put into bn_param.

fails: batchnorm_running_mean, batchnorm_running_var, batchnorm_start
diagnosis: none
"""

_right_batchnorm_forward = batchnorm_forward


def batchnorm_forward(x, gamma, beta, bn_param):
    return _right_batchnorm_forward(x, gamma, beta, dict(bn_param))
