"""What a sum pulls back is an array and no Tensor: the way back cannot be differentiated.

fails: add, broadcast_rows, broadcast_ones, broadcast_scalar, second_arithmetic, second_functions, second_arrays,
    higher_order, perturbations, jvp_tangents, jacfwd, jacfwd_goes_forward, hessian_entries, hvp_product
diagnosis: none
"""


def add(self, other):
    other = Tensor.of(other)
    return record(
        self.data + other.data,
        (self, lambda g: unbroadcast(g, self.shape).data),
        (other, lambda g: unbroadcast(g, other.shape).data),
    )


Tensor.__add__ = add
