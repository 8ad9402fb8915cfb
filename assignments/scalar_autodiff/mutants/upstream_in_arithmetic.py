"""An operation passes on its own derivatives, and not their products with the gradient that comes from above.

fails: sub_left, sub_right, mul_left, mul_right, div_left, div_right, neg, power_gradient, power_reflected,
    upstream, order, intermediate, ladder, deep_chain, random_graph
diagnosis: sign
"""


class Alone(float):
    """A derivative that is not multiplied by what comes from above."""

    def __mul__(self, other):
        return float(self)


def ignoring(operation):
    def run(self, *other):
        result = operation(self, *other)
        return Value(result.data, tuple((operand, Alone(derivative)) for operand, derivative in result.edges))

    return run


Value.__add__ = ignoring(Value.__add__)
Value.__sub__ = ignoring(Value.__sub__)
Value.__mul__ = ignoring(Value.__mul__)
Value.__truediv__ = ignoring(Value.__truediv__)
Value.__neg__ = ignoring(Value.__neg__)
Value.__pow__ = ignoring(Value.__pow__)
Value.__rpow__ = ignoring(Value.__rpow__)
