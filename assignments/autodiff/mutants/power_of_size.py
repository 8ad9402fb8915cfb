"""Powers of negative numbers lose their sign.

fails: arithmetic, power, second_arrays
diagnosis: wrong-activation-derivative
"""


def power(self, exponent):
    return record(np.abs(self.data) ** exponent, (self, lambda g: g * (exponent * self ** (exponent - 1))))


Tensor.__pow__ = power
