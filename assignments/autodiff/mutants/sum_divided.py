"""The gradient of a sum is that of a mean.

fails: sum_all, sum_axis, ladder, deep_chain, backward_needs_gradient, accumulate, zero_grad, requires_grad, detach,
    no_grad, no_grad_nested, grad_first, grad_argnum, grad_of_array, grad_unused, grad_nested, control_flow,
    grad_is_reverse_mode, second_arithmetic, second_functions, second_arrays, vjp_gradients, vjp_again, jvp_tangents,
    jvp_is_one_pass, jacrev, jacfwd, jacrev_goes_backward, jacfwd_goes_forward, hessian_entries, hvp_product,
    hvp_without_hessian
diagnosis: factor
"""


def add_up(self, axis=None, keepdims=False):
    kept = self.data.sum(axis=axis, keepdims=True).shape
    return record(
        self.data.sum(axis=axis, keepdims=keepdims),
        (self, lambda g: g.reshape(*kept) * np.full(self.shape, self.data.sum(axis=axis).size / self.size)),
    )


Tensor.sum = add_up
