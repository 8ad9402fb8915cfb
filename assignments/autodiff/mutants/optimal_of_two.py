"""Only the orders of forward and reverse mode are compared.

fails: optimal_cost, optimal_cost_deep
diagnosis: none
"""


def optimal_cost(sizes):
    return min(forward_cost(sizes), reverse_cost(sizes))
