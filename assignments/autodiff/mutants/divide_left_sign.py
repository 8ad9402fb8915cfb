"""The gradient of a quotient by its numerator has the wrong sign.

fails: divide_left, broadcast_rows, broadcast_ones, second_arithmetic, second_functions, higher_order,
    hessian_entries, hvp_product
diagnosis: sign
"""


def truediv(self, other):
    other = Tensor.of(other)
    return record(
        self.data / other.data,
        (self, lambda g: unbroadcast(-g / other, self.shape)),
        (other, lambda g: unbroadcast(-g * self / (other * other), other.shape)),
    )


Tensor.__truediv__ = truediv
