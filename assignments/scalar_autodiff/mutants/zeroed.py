"""backward sets gradients to zero first: those of an earlier result are lost.

fails: accumulate, accumulate_functions, twice
diagnosis: none
"""

add_up = Value.backward


def backward(self):
    stack, seen = [self], set()
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            node.grad = 0.0
            stack.extend(operand for operand, _ in node.edges)
    add_up(self)


Value.backward = backward
