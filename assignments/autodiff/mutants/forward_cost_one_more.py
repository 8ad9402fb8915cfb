"""The first Jacobian is multiplied, though nothing stands before it.

fails: forward_cost
diagnosis: none
"""


def forward_cost(sizes):
    return sum(sizes[0] * sizes[k - 1] * sizes[k] for k in range(1, len(sizes)))
