"""The gradient of a difference by what is subtracted has the wrong sign.

fails: sub_left, sub_right, sub_numbers, same_operand, accumulate, random_graph, reverse_trace,
    reverse_trace_elsewhere
diagnosis: sign
"""


def minus(self, other):
    other = Value.of(other)
    return Value(self.data - other.data, ((self, 1.0), (other, 1.0)))


Value.__sub__ = minus
