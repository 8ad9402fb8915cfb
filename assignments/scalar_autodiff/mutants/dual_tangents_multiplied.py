"""The tangent of a product is not the product of the tangents.

fails: dual_product, dual_numbers, dual_random, forward_trace, forward_trace_elsewhere
diagnosis: none
"""


def times(self, other):
    other = Dual.of(other)
    return Dual(self.data * other.data, self.tangent * other.tangent)


Dual.__mul__ = times
