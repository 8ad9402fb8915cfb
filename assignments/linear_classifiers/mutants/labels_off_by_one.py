"""Labels count from 0: a label y is the column y of W, not the column y - 1.

fails: svm_float32, svm_vectorized_cost, svm_vectorized_few, svm_vectorized_gradient, svm_vectorized_kink,
    svm_vectorized_labels, svm_vectorized_loss
diagnosis: none
"""

import numpy as np

_right = svm_loss_vectorized


def svm_loss_vectorized(W, X, y, reg):
    return _right(W, X, np.asarray(y, dtype=int) - 1, reg)
