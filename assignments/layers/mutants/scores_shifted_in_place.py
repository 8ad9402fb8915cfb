"""The largest score is subtracted from x itself, which is the caller's: make a new array.

fails: softmax_unchanged, svm_unchanged
diagnosis: none
"""

import numpy as np

_softmax, _svm = softmax_loss, svm_loss


def softmax_loss(x, y):
    x -= x.max(axis=1, keepdims=True)
    return _softmax(x, y)


def svm_loss(x, y):
    x -= x[np.arange(len(x)), y][:, None]
    return _svm(x, y)
