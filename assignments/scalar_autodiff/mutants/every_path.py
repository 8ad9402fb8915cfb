"""Each path from the result to an input is walked by itself: there may be billions.

fails: ladder
diagnosis: none
"""


def backward(self):
    stack = [(self, 1.0)]
    while stack:
        node, gradient = stack.pop()
        node.grad = 1.0 if node is self else node.grad + gradient
        stack.extend((operand, gradient * derivative) for operand, derivative in node.edges)


Value.backward = backward
