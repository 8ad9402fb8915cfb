"""The batch gets the momentum, and the old average the rest: momentum says how much of the old one stays.

fails: batchnorm_running_mean, batchnorm_running_var, batchnorm_start
diagnosis: none
"""

_right_batchnorm_forward = batchnorm_forward


def batchnorm_forward(x, gamma, beta, bn_param):
    given = dict(bn_param, momentum=1 - bn_param.get("momentum", 0.9))
    answer = _right_batchnorm_forward(x, gamma, beta, given)
    for key in ("running_mean", "running_var"):
        if key in given:
            bn_param[key] = given[key]
    return answer
