"""A unit of a later layer may bend every piece that the layers before it have made, not just one.

fails: bound_deep
diagnosis: none
"""


def kink_bound(widths):
    return sum(widths)
