"""The loss divides the sum of squares by 2m; here is the sum of squares itself divided by 2.

fails: linear_loss, linear_losses, linear_arrives, empirical, ridge_loss
diagnosis: missing-mean
"""

import numpy as np


def linear_loss(w, X, y):
    return np.sum((X @ w - y) ** 2).item() / 2
