"""Division is rounded down to a whole number.

fails: arithmetic, div_right, div_numbers, accumulate, random_graph
diagnosis: none
"""


def divided(self, other):
    other = Value.of(other)
    quotient = self.data // other.data
    return Value(quotient, ((self, 1 / other.data), (other, -quotient / other.data)))


Value.__truediv__ = divided
