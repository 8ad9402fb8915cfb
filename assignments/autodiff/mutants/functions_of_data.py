"""The derivative of exp is a constant: derivatives of it are lost.

fails: second_functions, higher_order, hessian_entries, hvp_product
diagnosis: none
"""


def exp(x):
    x = Tensor.of(x)
    y = record(np.exp(x.data), (x, lambda g: g * y.data))
    return y
