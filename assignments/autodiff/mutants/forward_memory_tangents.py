"""Beside the tangents the values themselves are not counted.

fails: forward_memory
diagnosis: none
"""


def forward_memory(sizes):
    return max(sizes[0] * (sizes[k - 1] + sizes[k]) for k in range(1, len(sizes)))
