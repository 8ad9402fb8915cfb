"""f_l has 2^l - 1 kinks: those of the layer before, and its zeros.

fails: teeth_few, teeth_many
diagnosis: none
"""

import numpy as np


def sawtooth_kinks(depth):
    return np.linspace(-2, 2, 2**depth + 1)[1:-1:2]
