"""Where an operand was broadcast its gradients are averaged.

fails: broadcast_rows, broadcast_ones, broadcast_scalar, grad_argnum, grad_nested, second_arrays, vjp_gradients,
    vjp_again, jvp_tangents, jvp_is_one_pass, jacrev, jacfwd, jacfwd_goes_forward, hessian_entries, hvp_product,
    hvp_without_hessian
diagnosis: factor
"""


def unbroadcast(g, shape):
    if g.shape == shape:
        return g
    new = g.ndim - len(shape)
    axes = [k for k in range(g.ndim) if k < new or (shape[k - new] == 1 and g.shape[k] != 1)]
    return g.sum(axis=tuple(axes)).reshape(*shape) * (max(1, np.prod(shape)) / g.size)
