"""Only the values are counted, not the adjoints.

fails: reverse_memory
diagnosis: none
"""


def reverse_memory(sizes):
    return sum(sizes)
