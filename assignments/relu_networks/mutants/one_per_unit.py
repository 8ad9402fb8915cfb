"""Units that bend at the same point make one kink, or none if their bends cancel.

fails: kinks_twice, kinks_cancel
diagnosis: none
"""

import numpy as np

_kinks = kinks


def kinks(params, lo, hi):
    if len(params) != 2:
        return _kinks(params, lo, hi)
    _kinks(params, lo, hi)
    (W, b), (V, _) = params
    on = (W[0] != 0) & (V[:, 0] != 0)
    at = np.sort(-b[on] / W[0, on])
    return at[(at > lo) & (at < hi)]
