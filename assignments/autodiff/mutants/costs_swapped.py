"""Forward and reverse order have changed places.

fails: forward_cost, reverse_cost
diagnosis: none
"""


def forward_cost(sizes):
    return sum(sizes[-1] * sizes[k] * sizes[k + 1] for k in range(len(sizes) - 2))


def reverse_cost(sizes):
    return sum(sizes[0] * sizes[k - 1] * sizes[k] for k in range(2, len(sizes)))
