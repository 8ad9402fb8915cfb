"""The derivative of a product is a constant: derivatives of it are lost.

fails: second_arithmetic, second_functions, second_arrays, higher_order, perturbations, hessian_entries, hvp_product,
    hvp_without_hessian
diagnosis: none
"""


def mul(self, other):
    other = Tensor.of(other)
    return record(
        self.data * other.data,
        (self, lambda g: unbroadcast(g * other.data, self.shape)),
        (other, lambda g: unbroadcast(g * self.data, other.shape)),
    )


Tensor.__mul__ = mul
