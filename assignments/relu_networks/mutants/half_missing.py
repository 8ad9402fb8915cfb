"""The loss has a factor 1/2.

fails: linear_loss
diagnosis: factor
"""

import numpy as np


def deep_linear_loss(Ws, X, Y):
    return np.sum((deep_linear(Ws, X) - Y) ** 2).item() / len(X)
