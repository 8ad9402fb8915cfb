"""In the derivative of 2 ** a the factor that depends on the base is missing.

fails: power_reflected
diagnosis: none
"""


def power(self, base):
    result = base**self.data
    return Value(result, ((self, result),))


Value.__rpow__ = power
