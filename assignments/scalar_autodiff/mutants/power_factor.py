"""In the derivative of a power the exponent is missing as a factor.

fails: power_gradient, accumulate
diagnosis: none
"""


def power(self, exponent):
    return Value(self.data**exponent, ((self, self.data ** (exponent - 1)),))


Value.__pow__ = power
