"""Only inputs have a gradient in the end: intermediate results have one, too.

fails: intermediate, reverse_trace, reverse_trace_elsewhere
diagnosis: none
"""

add_up = Value.backward


def backward(self):
    add_up(self)
    stack, seen = [self], set()
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            node.grad = 0.0 if node.edges else node.grad
            stack.extend(operand for operand, _ in node.edges)


Value.backward = backward
