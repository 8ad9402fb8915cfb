"""Values are visited in the order in which they are first met, which is not the order of the computation.

fails: order, random_graph
diagnosis: none
"""


def backward(self):
    self.grad = 1.0
    seen, stack = set(), [self]
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        for operand, derivative in node.edges:
            operand.grad += derivative * node.grad
        stack.extend(operand for operand, _ in reversed(node.edges))


Value.backward = backward
