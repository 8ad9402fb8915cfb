"""The score of the right class enters the loss a second time, outside the sum: its derivative is missing in dW.

fails: softmax_naive_gradient, softmax_naive_few, softmax_naive_labels, softmax_naive_large, softmax_naive_far,
    softmax_vectorized_gradient, softmax_vectorized_few, softmax_vectorized_labels, softmax_vectorized_large,
    softmax_vectorized_far, softmax_float32
diagnosis: none
"""

import numpy as np

_naive, _vectorized = softmax_loss_naive, softmax_loss_vectorized


def softmax_loss_naive(W, X, y, reg):
    return _naive(W, X, y, reg)[0], with_penalty(0.0, X.T @ _shares(X @ W) / len(X), W, len(X), reg)[1]


def softmax_loss_vectorized(W, X, y, reg):
    return _vectorized(W, X, y, reg)[0], with_penalty(0.0, X.T @ _shares(X @ W) / len(X), W, len(X), reg)[1]


def _shares(scores):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
