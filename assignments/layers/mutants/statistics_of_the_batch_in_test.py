"""In testing, too, the batch's own mean and variance are used: there it is the running averages.

fails: batchnorm_test, batchnorm_eps
diagnosis: none
"""

_right_batchnorm_forward = batchnorm_forward


def batchnorm_forward(x, gamma, beta, bn_param):
    return _right_batchnorm_forward(
        x, gamma, beta, bn_param if bn_param["mode"] == "train" else dict(bn_param, mode="train")
    )
