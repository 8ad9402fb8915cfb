"""In the derivative of log stands the result where the input belongs.

fails: log_gradient, accumulate_functions, reverse_trace, reverse_trace_elsewhere
diagnosis: none
"""


def log(self):
    result = math.log(self.data)
    return Value(result, ((self, 1 / result),))


Value.log = log
