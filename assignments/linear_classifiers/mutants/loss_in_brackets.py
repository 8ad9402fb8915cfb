"""The loss is an array with one entry where a number is asked for.

fails: svm_vectorized_shapes
diagnosis: keepdims
"""

import numpy as np

_right_svm_vectorized = svm_loss_vectorized


def svm_loss_vectorized(W, X, y, reg):
    loss, dW = _right_svm_vectorized(W, X, y, 0.0)
    return with_penalty(np.array([[loss]]), dW, W, len(X), reg)
