"""out / x is 0/0 where x is 0: compare x with 0 instead.

fails: relu_zero
diagnosis: none
"""

import numpy as np


def relu_backward(dout, cache):
    return dout * (np.maximum(0, cache) / cache)
