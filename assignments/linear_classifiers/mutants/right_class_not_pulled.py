"""Each class within the margin also pulls at the right class, whose column of dW is not touched here.

fails: svm_naive_gradient, svm_naive_few, svm_naive_labels, svm_naive_kink, svm_float32
diagnosis: none
"""

import numpy as np

_right = svm_loss_naive


def svm_loss_naive(W, X, y, reg):
    dW = np.zeros(W.shape)
    for x, label in zip(X, y, strict=True):
        for j in range(W.shape[1]):
            if j != label and x @ W[:, j] - x @ W[:, label] + 1 > 0:
                dW[:, j] += x
    return _right(W, X, y, reg)[0], with_penalty(0.0, dW / len(X), W, len(X), reg)[1]
