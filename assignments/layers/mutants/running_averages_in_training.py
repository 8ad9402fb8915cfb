"""In training the running averages are used: there it is the batch's own mean and variance.

fails: batchnorm_train, batchnorm_eps, batchnorm_far
diagnosis: none
"""

import numpy as np

_right_batchnorm_forward = batchnorm_forward


def batchnorm_forward(x, gamma, beta, bn_param):
    out, cache = _right_batchnorm_forward(x, gamma, beta, bn_param)
    if bn_param["mode"] == "test":
        return out, cache
    eps = bn_param.get("eps", 1e-5)
    return gamma * (x - bn_param["running_mean"]) / np.sqrt(bn_param["running_var"] + eps) + beta, cache
