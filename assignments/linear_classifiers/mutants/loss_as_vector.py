"""The loss is an array with one entry where a number is asked for, as matrix products give it.

fails: softmax_naive_shapes, svm_naive_shapes
diagnosis: keepdims
"""

import numpy as np

_softmax, _svm = softmax_loss_naive, svm_loss_naive


def softmax_loss_naive(W, X, y, reg):
    loss, dW = _softmax(W, X, y, reg)
    return np.array([loss]), dW


def svm_loss_naive(W, X, y, reg):
    loss, dW = _svm(W, X, y, reg)
    return np.array([loss]), dW
