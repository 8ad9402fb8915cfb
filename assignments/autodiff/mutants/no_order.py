"""The graph is not walked in reverse topological order.

fails: order, second_arithmetic, second_functions, second_arrays, higher_order, perturbations, jvp_tangents,
    hessian_entries, hvp_product, hvp_without_hessian
diagnosis: wrong-activation-derivative
"""


def topological(y):
    order, waiting = [], [y]
    while waiting:
        tensor = waiting.pop(0)
        if tensor not in order:
            order.append(tensor)
            waiting.extend(operand for operand, _ in tensor.edges)
    return order[::-1]
