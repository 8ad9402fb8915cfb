"""The gradient of cos has the wrong sign.

fails: sin_cos, second_functions, higher_order, jvp_is_one_pass, hvp_without_hessian
diagnosis: sign
"""


def cos(x):
    x = Tensor.of(x)
    return record(np.cos(x.data), (x, lambda g: g * sin(x)))
