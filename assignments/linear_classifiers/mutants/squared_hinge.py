"""The margins are squared: that is another loss, the squared hinge.

fails: svm_naive_loss, svm_naive_gradient, svm_naive_few, svm_naive_labels, svm_naive_kink, svm_float32
diagnosis: none
"""

import numpy as np


def svm_loss_naive(W, X, y, reg):
    loss, dW = 0.0, np.zeros(W.shape)
    for x, label in zip(X, y, strict=True):
        margins = np.maximum(0, x @ W - x @ W[:, label] + 1)
        margins[label] = 0
        loss += np.sum(margins**2)
        margins[label] = -np.sum(margins)
        dW += 2 * np.outer(x, margins)
    return with_penalty(loss / len(X), dW / len(X), W, len(X), reg)
