"""Only the left operand is given a gradient.

fails: add_gradient, sub_left, sub_right, sub_numbers, mul_right, div_right, div_numbers, upstream,
    same_operand, diamond, order, intermediate, accumulate, ladder, random_graph, reverse_trace,
    reverse_trace_elsewhere
diagnosis: none
"""


def left(operation):
    def run(self, other):
        result = operation(self, other)
        return Value(result.data, result.edges[:1])

    return run


Value.__add__ = left(Value.__add__)
Value.__sub__ = left(Value.__sub__)
Value.__mul__ = left(Value.__mul__)
Value.__truediv__ = left(Value.__truediv__)
