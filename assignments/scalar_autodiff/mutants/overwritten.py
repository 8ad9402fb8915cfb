"""A gradient is lost where several come together: from all uses of a value, and from all results, they add up.

fails: same_operand, diamond, order, intermediate, accumulate, accumulate_functions, twice, ladder,
    random_graph, reverse_trace, reverse_trace_elsewhere
diagnosis: factor
"""


def backward(self):
    order, seen, stack = [], set(), [(self, False)]
    while stack:
        node, finished = stack.pop()
        if finished:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((operand, False) for operand, _ in node.edges)
    self.grad = 1.0
    for node in reversed(order):
        for operand, derivative in node.edges:
            operand.grad = derivative * node.grad


Value.backward = backward
