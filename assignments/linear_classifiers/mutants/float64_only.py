"""The result of a product is put into an array of another dtype: W and X may be float32.

fails: softmax_float32, svm_float32
diagnosis: none
"""

import numpy as np

_softmax, _svm = softmax_loss_vectorized, svm_loss_vectorized


def softmax_loss_vectorized(W, X, y, reg):
    np.dot(X, W, out=np.empty((len(X), W.shape[1])))
    return _softmax(W, X, y, reg)


def svm_loss_vectorized(W, X, y, reg):
    np.dot(X, W, out=np.empty((len(X), W.shape[1])))
    return _svm(W, X, y, reg)
