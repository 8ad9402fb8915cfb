"""The gradient of exp is multiplied by x instead of by the derivative.

fails: exp, diamond, control_flow, grad_is_reverse_mode, second_functions, higher_order, perturbations, vjp_gradients,
    vjp_again, jvp_tangents, jacrev, jacfwd, jacrev_goes_backward, hessian_entries, hvp_product
diagnosis: wrong-activation-derivative
"""


def exp(x):
    x = Tensor.of(x)
    return record(np.exp(x.data), (x, lambda g: g * x))
