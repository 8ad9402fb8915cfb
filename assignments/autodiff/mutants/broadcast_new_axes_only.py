"""Axes of length 1 along which an operand was broadcast are not summed over.

fails: broadcast_ones, second_arrays, vjp_gradients, vjp_again, jvp_tangents, jvp_is_one_pass, jacfwd,
    hessian_entries, hvp_product, hvp_without_hessian
diagnosis: none
"""


def unbroadcast(g, shape):
    if g.shape == shape:
        return g
    new = g.ndim - len(shape)
    axes = [k for k in range(g.ndim) if k < new]
    return g.sum(axis=tuple(axes))
