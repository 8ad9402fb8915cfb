"""There is one kink fewer than there are pieces.

fails: bound_shallow, bound_deep
diagnosis: none
"""


def kink_bound(widths):
    pieces = 1
    for width in widths:
        pieces *= width + 1
    return pieces
