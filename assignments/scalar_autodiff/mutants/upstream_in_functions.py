"""A function passes on its own derivative, and not its product with the gradient that comes from above.

fails: tanh_gradient, exp_gradient, log_gradient, sin_gradient, upstream, random_graph, reverse_trace,
    reverse_trace_elsewhere
diagnosis: none
"""


class Alone(float):
    """A derivative that is not multiplied by what comes from above."""

    def __mul__(self, other):
        return float(self)


def ignoring(function):
    def run(self):
        result = function(self)
        ((operand, derivative),) = result.edges
        return Value(result.data, ((operand, Alone(derivative)),))

    return run


Value.relu = ignoring(Value.relu)
Value.tanh = ignoring(Value.tanh)
Value.exp = ignoring(Value.exp)
Value.log = ignoring(Value.log)
Value.sin = ignoring(Value.sin)
