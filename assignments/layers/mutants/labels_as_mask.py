"""Labels of dtype uint8 wrap around when they are multiplied: index with them instead, or convert them first.

fails: softmax_labels, svm_labels
diagnosis: none
"""

import numpy as np

_softmax, _svm = softmax_loss, svm_loss


def softmax_loss(x, y):
    if y.dtype != np.int64:
        raise ValueError("labels are int64")
    return _softmax(x, y)


def svm_loss(x, y):
    if y.dtype != np.int64:
        raise ValueError("labels are int64")
    return _svm(x, y)
