"""Some pieces stay as they are: count the kinks of the layers before, too.

fails: bound_deep
diagnosis: none
"""

import math


def kink_bound(widths):
    return math.prod(widths) if widths else 0
