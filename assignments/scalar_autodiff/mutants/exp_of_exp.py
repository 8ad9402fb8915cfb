"""The exponential is taken once more in its own derivative.

fails: exp_gradient, accumulate_functions
diagnosis: none
"""


def exp(self):
    e = math.exp(self.data)
    return Value(e, ((self, math.exp(e)),))


Value.exp = exp
