"""Labels count from 0: a label y is the column y of W, not the column y - 1.

fails: softmax_naive_loss, softmax_naive_gradient, softmax_naive_few, softmax_naive_labels, softmax_naive_large,
    softmax_naive_far, svm_vectorized_loss, svm_vectorized_gradient, svm_vectorized_few, svm_vectorized_labels,
    svm_vectorized_kink, softmax_float32, svm_float32
diagnosis: none
"""

import numpy as np

_naive, _vectorized = softmax_loss_naive, svm_loss_vectorized


def softmax_loss_naive(W, X, y, reg):
    return _naive(W, X, np.asarray(y, dtype=int) - 1, reg)


def svm_loss_vectorized(W, X, y, reg):
    return _vectorized(W, X, np.asarray(y, dtype=int) - 1, reg)
