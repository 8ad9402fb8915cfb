"""Straight lines on both sides of a kink meet there; but look closer where two kinks are closer than the grid is fine.

fails: kinks_close
diagnosis: none
"""

import numpy as np

_kinks = kinks


def kinks(params, lo, hi):
    found = _kinks(params, lo, hi)
    return found[np.diff(found, prepend=lo) > (hi - lo) / 20000]
