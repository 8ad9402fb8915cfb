"""The running variance starts at 1: where bn_param says nothing it starts at 0 here.

fails: batchnorm_start
diagnosis: none
"""

import numpy as np

_right_batchnorm_forward = batchnorm_forward


def batchnorm_forward(x, gamma, beta, bn_param):
    bn_param.setdefault("running_var", np.ones(x.shape[1]))
    return _right_batchnorm_forward(x, gamma, beta, bn_param)
