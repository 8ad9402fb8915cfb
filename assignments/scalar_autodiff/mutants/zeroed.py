"""A gradient is lost where several come together: from all uses of a value, and from all results, they add up.

fails: accumulate, accumulate_functions, twice
diagnosis: factor
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
