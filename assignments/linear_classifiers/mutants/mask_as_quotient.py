"""Where a margin is exactly 0 this divides 0 by 0: compare the margins with 0 instead.

fails: svm_naive_kink
diagnosis: none
"""

import numpy as np


def svm_loss_naive(W, X, y, reg):
    loss, dW = 0.0, np.zeros(W.shape)
    for x, label in zip(X, y, strict=True):
        margins = x @ W - x @ W[:, label] + 1
        margins[label] = -1
        loss += np.sum(np.maximum(0, margins))
        within = np.maximum(0, margins) / margins
        within[label] = -np.sum(within)
        dW += np.outer(x, within)
    return with_penalty(loss / len(X), dW / len(X), W, len(X), reg)
