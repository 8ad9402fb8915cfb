"""The exponent is missing as a factor in the gradient of a power.

fails: power, second_arithmetic, second_functions, second_arrays, higher_order
diagnosis: factor
"""


def power(self, exponent):
    return record(self.data**exponent, (self, lambda g: g * self ** (exponent - 1)))


Tensor.__pow__ = power
