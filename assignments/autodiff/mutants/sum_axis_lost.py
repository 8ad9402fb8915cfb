"""The gradient of a sum over an axis is spread evenly over all entries.

fails: sum_axis, second_arrays, vjp_gradients, vjp_again, jvp_tangents, jacrev, jacfwd, hessian_entries, hvp_product
diagnosis: none
"""


def add_up(self, axis=None, keepdims=False):
    return record(
        self.data.sum(axis=axis, keepdims=keepdims),
        (self, lambda g: (g.sum() / g.size) * np.ones(self.shape)),
    )


Tensor.sum = add_up
