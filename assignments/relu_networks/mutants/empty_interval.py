"""An interval whose ends are in the wrong order, or equal, must be refused with ValueError.

fails: kinks_ends
diagnosis: none
"""

import numpy as np

_kinks = kinks


def kinks(params, lo, hi):
    return _kinks(params, lo, hi) if lo < hi else np.zeros(0)
