"""The derivative of relu is computed by a division, which fails at 0.

fails: relu_at_zero
diagnosis: none
"""


def relu(self):
    height = max(0.0, self.data)
    return Value(height, ((self, height / self.data),))


Value.relu = relu
