"""The gradient of a quotient by its denominator has the wrong sign.

fails: div_right, div_numbers, same_operand, accumulate, random_graph
diagnosis: sign
"""


def divided(self, other):
    other = Value.of(other)
    quotient = self.data / other.data
    return Value(quotient, ((self, 1 / other.data), (other, quotient / other.data)))


Value.__truediv__ = divided
