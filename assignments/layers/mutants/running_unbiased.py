"""The running variance is averaged with N - 1 in the denominator: here it is N, as in the output.

fails: batchnorm_running_var, batchnorm_start
diagnosis: factor
"""

_right_batchnorm_forward = batchnorm_forward


def batchnorm_forward(x, gamma, beta, bn_param):
    before = bn_param.get("running_var", 0.0)
    answer = _right_batchnorm_forward(x, gamma, beta, bn_param)
    if bn_param["mode"] == "train":
        momentum = bn_param.get("momentum", 0.9)
        bn_param["running_var"] = momentum * before + (1 - momentum) * x.var(axis=0, ddof=1)
    return answer
