"""A value passes its gradient on before all of it has come, and then once more.

fails: order, ladder, random_graph
diagnosis: none
"""


def backward(self):
    self.grad = 1.0
    stack = [self]
    while stack:
        node = stack.pop()
        for operand, derivative in node.edges:
            operand.grad += derivative * node.grad
            stack.append(operand)


Value.backward = backward
