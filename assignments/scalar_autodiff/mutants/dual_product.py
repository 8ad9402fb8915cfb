"""The tangent of a product lacks the term in which the second factor moves.

fails: dual_product, dual_random, forward_trace, forward_trace_elsewhere
diagnosis: none
"""


def times(self, other):
    other = Dual.of(other)
    return Dual(self.data * other.data, self.tangent * other.data)


Dual.__mul__ = times
