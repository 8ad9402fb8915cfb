"""The margin of 1 is missing: wrong scores less than 1 below the right one count, too.

fails: svm_value, svm_dx, svm_labels, svm_cost
diagnosis: none
"""

import numpy as np


def svm_loss(x, y):
    rows = np.arange(len(x))
    margins = np.maximum(0, x - x[rows, y][:, None])
    dx = (margins > 0).astype(float)
    dx[rows, y] = -dx.sum(axis=1)
    return margins.sum() / len(x), dx / len(x)
