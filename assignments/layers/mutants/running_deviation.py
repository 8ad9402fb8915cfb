"""The running average is that of the standard deviation: it is the variance that is averaged.

fails: batchnorm_running_var, batchnorm_start
diagnosis: none
"""

_right_batchnorm_forward = batchnorm_forward


def batchnorm_forward(x, gamma, beta, bn_param):
    before = bn_param.get("running_var", 0.0)
    answer = _right_batchnorm_forward(x, gamma, beta, bn_param)
    if bn_param["mode"] == "train":
        momentum = bn_param.get("momentum", 0.9)
        bn_param["running_var"] = momentum * before + (1 - momentum) * x.std(axis=0)
    return answer
