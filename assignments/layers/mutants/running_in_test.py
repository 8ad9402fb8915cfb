"""The running averages move in testing, too: only training changes them.

fails: batchnorm_test_keeps
diagnosis: none
"""

_right_batchnorm_forward = batchnorm_forward


def batchnorm_forward(x, gamma, beta, bn_param):
    answer = _right_batchnorm_forward(x, gamma, beta, bn_param)
    if bn_param["mode"] == "test":
        _right_batchnorm_forward(x, gamma, beta, dict_of(bn_param))
    return answer


def dict_of(bn_param):
    bn_param["mode"] = "train"
    return bn_param
