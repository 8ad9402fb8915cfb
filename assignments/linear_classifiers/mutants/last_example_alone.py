"""The gradients of the examples must be added up; here each overwrites the one before.

fails: softmax_naive_gradient, softmax_naive_few, softmax_naive_labels, softmax_naive_large, softmax_naive_far,
    softmax_float32
diagnosis: none
"""

import numpy as np

_right = softmax_loss_naive


def softmax_loss_naive(W, X, y, reg):
    for x, label in zip(X, y, strict=True):
        scores = x @ W
        e = np.exp(scores - np.max(scores))
        p = e / np.sum(e)
        p[label] -= 1
        dW = np.outer(x, p)
    return _right(W, X, y, reg)[0], with_penalty(0.0, dW / len(X), W, len(X), reg)[1]
