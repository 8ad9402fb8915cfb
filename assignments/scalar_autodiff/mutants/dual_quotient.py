"""In the tangent of a quotient both terms have the same sign.

fails: dual_quotient, dual_numbers, dual_random
diagnosis: sign
"""


def divided(self, other):
    other = Dual.of(other)
    quotient = self.data / other.data
    return Dual(quotient, (self.tangent + quotient * other.tangent) / other.data)


Dual.__truediv__ = divided
