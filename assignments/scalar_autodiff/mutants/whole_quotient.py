"""Division is rounded down to a whole number.

fails: arithmetic, div_numbers, random_graph
diagnosis: none
"""


def divided(self, other):
    other = Value.of(other)
    slopes = ((self, 1 / other.data), (other, -self.data / other.data**2))
    return Value(self.data // other.data, slopes)


Value.__truediv__ = divided
