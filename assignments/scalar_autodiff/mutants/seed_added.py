"""A second backward begins with more than the derivative of the result by itself.

fails: twice
diagnosis: none
"""

order_of = Value.backward


def backward(self):
    before = self.grad
    order_of(self)
    if before:
        for operand, derivative in self.edges:
            operand.grad += derivative * before


Value.backward = backward
