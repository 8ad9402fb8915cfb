"""Walking back by recursion ends at Python's limit of nested calls.

fails: deep_chain
diagnosis: none
"""


def backward(self):
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for operand, _ in node.edges:
                visit(operand)
            order.append(node)

    visit(self)
    self.grad = 1.0
    for node in reversed(order):
        for operand, derivative in node.edges:
            operand.grad += derivative * node.grad


Value.backward = backward
