"""f_0 and below are no sawtooth: a depth below 1 must be refused with ValueError.

fails: sawtooth_refuses
diagnosis: none
"""

import numpy as np

_sawtooth = sawtooth


def sawtooth(depth):
    return _sawtooth(depth) if depth >= 1 else [(np.ones((1, 1)), np.zeros(1))]
