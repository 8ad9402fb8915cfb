"""relu lets the gradient through where its input is negative.

fails: relu_gradient, relu_at_zero, upstream, accumulate, random_graph
diagnosis: none
"""


def relu(self):
    return Value(max(0.0, self.data), ((self, 1.0),))


Value.relu = relu
