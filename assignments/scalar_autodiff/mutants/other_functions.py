"""This is another function of a similar name or shape.

fails: relu, tanh, tanh_gradient, exp, exp_gradient, log, log_gradient, sin, sin_gradient,
    accumulate_functions, random_graph, reverse_trace, reverse_trace_elsewhere
diagnosis: none
"""


def relu(self):
    return Value(abs(self.data), ((self, float(self.data > 0)),))


def tanh(self):
    s = 1 / (1 + math.exp(-self.data))
    return Value(s, ((self, s * (1 - s)),))


def exp(self):
    e = 2.0**self.data
    return Value(e, ((self, math.log(2) * e),))


def log(self):
    return Value(math.log1p(self.data), ((self, 1 / (1 + self.data)),))


def sin(self):
    return Value(math.sin(math.radians(self.data)), ((self, math.radians(math.cos(math.radians(self.data)))),))


Value.relu = relu
Value.tanh = tanh
Value.exp = exp
Value.log = log
Value.sin = sin
