"""The exponent of a power is rounded to a whole number.

fails: power, power_gradient
diagnosis: none
"""


def power(self, exponent):
    k = math.ceil(exponent)
    return Value(self.data**k, ((self, k * self.data ** (k - 1)),))


Value.__pow__ = power
