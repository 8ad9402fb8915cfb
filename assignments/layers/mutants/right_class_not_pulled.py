"""The right class gets no gradient: its score stands in every margin, with a minus.

fails: svm_dx, svm_labels, svm_cost
diagnosis: none
"""

import numpy as np

_right_svm_loss = svm_loss


def svm_loss(x, y):
    loss, dx = _right_svm_loss(x, y)
    dx[np.arange(len(x)), y] = 0
    return loss, dx
