"""At -2 and 2 the sawtooth goes straight on: these are no kinks.

fails: teeth_few, teeth_many
diagnosis: none
"""

import numpy as np


def sawtooth_kinks(depth):
    return np.linspace(-2, 2, 2**depth + 1)
