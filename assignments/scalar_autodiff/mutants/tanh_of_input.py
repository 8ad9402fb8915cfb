"""In the derivative of tanh stands the input where the result belongs.

fails: tanh_gradient, accumulate_functions
diagnosis: none
"""


def tanh(self):
    return Value(math.tanh(self.data), ((self, 1 - self.data**2),))


Value.tanh = tanh
