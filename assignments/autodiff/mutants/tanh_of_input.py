"""The derivative of tanh takes the input for the output.

fails: tanh, grad_first, grad_argnum, grad_nested, grad_is_reverse_mode, second_functions, vjp_gradients, vjp_again,
    jvp_tangents, hessian_entries, hvp_product
diagnosis: wrong-activation-derivative
"""


def tanh(x):
    x = Tensor.of(x)
    return record(np.tanh(x.data), (x, lambda g: g * (1 - x * x)))
