"""Each operand of a product is owed itself instead of the other.

fails: multiply_left, multiply_right, broadcast_rows, broadcast_ones, broadcast_scalar, diamond, order, ladder,
    deep_chain, requires_grad, detach, no_grad, no_grad_nested, grad_first, grad_argnum, grad_nested, control_flow,
    grad_is_reverse_mode, second_arithmetic, second_functions, second_arrays, higher_order, perturbations,
    vjp_gradients, vjp_again, jvp_tangents, jvp_is_one_pass, jacrev, jacfwd, jacrev_goes_backward,
    jacfwd_goes_forward, hessian_entries, hvp_product, hvp_without_hessian
diagnosis: wrong-activation-derivative
"""


def mul(self, other):
    other = Tensor.of(other)
    return record(
        self.data * other.data,
        (self, lambda g: unbroadcast(g * self, self.shape)),
        (other, lambda g: unbroadcast(g * other, other.shape)),
    )


Tensor.__mul__ = mul
