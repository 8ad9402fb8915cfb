"""The gradient keeps the shape of the result where an operand was broadcast.

fails: broadcast_rows, broadcast_ones, broadcast_scalar, grad_argnum, grad_nested, second_arrays, vjp_gradients,
    vjp_again, jvp_tangents, jvp_is_one_pass, jacrev, jacfwd, hessian_entries, hvp_product, hvp_without_hessian
diagnosis: not-summed-over-batch
"""


def unbroadcast(g, shape):
    return g
