"""Each factor of a product is given its own value as its gradient.

fails: mul_left, mul_right, mul_numbers, upstream, diamond, order, intermediate, accumulate, twice, ladder,
    deep_chain, random_graph, reverse_trace, reverse_trace_elsewhere
diagnosis: none
"""


def times(self, other):
    other = Value.of(other)
    return Value(self.data * other.data, ((self, self.data), (other, other.data)))


Value.__mul__ = times
