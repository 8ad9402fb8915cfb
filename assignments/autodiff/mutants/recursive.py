"""The graph is walked by recursion, which Python ends after a thousand calls.

fails: deep_chain
diagnosis: none
"""


def topological(y):
    order, seen = [], set()

    def visit(tensor):
        if tensor not in seen:
            seen.add(tensor)
            for operand, _ in tensor.edges:
                visit(operand)
            order.append(tensor)

    visit(y)
    return order
