"""All orders are tried one by one.

fails: optimal_cost_deep
diagnosis: none
"""


def optimal_cost(sizes):
    splits = range(1, len(sizes) - 1)
    return min(
        (optimal_cost(sizes[: j + 1]) + optimal_cost(sizes[j:]) + sizes[0] * sizes[j] * sizes[-1] for j in splits),
        default=0,
    )
