"""The loss is divided by 2m, where m is the number of examples, not of entries of Y.

fails: linear_loss
diagnosis: factor
"""

import numpy as np


def deep_linear_loss(Ws, X, Y):
    return np.mean((deep_linear(Ws, X) - Y) ** 2).item() / 2
