"""The tangents of a difference are added.

fails: dual_sum, dual_numbers, dual_random, forward_trace, forward_trace_elsewhere
diagnosis: sign
"""


def minus(self, other):
    other = Dual.of(other)
    return Dual(self.data - other.data, self.tangent + other.tangent)


Dual.__sub__ = minus
