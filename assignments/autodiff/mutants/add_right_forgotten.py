"""The right operand of a sum is forgotten.

fails: add, broadcast_rows, broadcast_ones, broadcast_scalar, diamond, ladder, detach, grad_argnum, grad_nested,
    control_flow, grad_is_reverse_mode, second_arithmetic, second_functions, second_arrays, higher_order,
    perturbations, jvp_tangents, jvp_is_one_pass, jacrev, jacfwd, jacrev_goes_backward, jacfwd_goes_forward,
    hessian_entries, hvp_product, hvp_without_hessian
diagnosis: overwritten
"""


def add(self, other):
    other = Tensor.of(other)
    return record(
        self.data + other.data,
        (self, lambda g: unbroadcast(g, self.shape)),
    )


Tensor.__add__ = add
