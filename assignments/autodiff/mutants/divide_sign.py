"""The gradient of a quotient by its denominator has the wrong sign.

fails: divide_right, broadcast_rows, broadcast_ones, broadcast_scalar, second_arithmetic, second_functions,
    higher_order
diagnosis: sign
"""


def truediv(self, other):
    other = Tensor.of(other)
    return record(
        self.data / other.data,
        (self, lambda g: unbroadcast(g / other, self.shape)),
        (other, lambda g: unbroadcast(g * self / (other * other), other.shape)),
    )


Tensor.__truediv__ = truediv
