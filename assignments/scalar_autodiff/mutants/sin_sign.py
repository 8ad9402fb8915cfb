"""The derivative of sin has the wrong sign.

fails: sin_gradient, accumulate_functions, reverse_trace, reverse_trace_elsewhere
diagnosis: sign
"""


def sin(self):
    return Value(math.sin(self.data), ((self, -math.cos(self.data)),))


Value.sin = sin
