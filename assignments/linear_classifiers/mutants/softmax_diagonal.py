"""Each probability depends on all scores, through the sum below it; here only on that of the right class.

fails: softmax_float32, softmax_vectorized_cost, softmax_vectorized_far, softmax_vectorized_few,
    softmax_vectorized_gradient, softmax_vectorized_labels, softmax_vectorized_large
diagnosis: none
"""

import numpy as np

_right = softmax_loss_vectorized


def softmax_loss_vectorized(W, X, y, reg):
    rows = np.arange(len(X))
    scores = X @ W
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    d_scores = np.zeros_like(scores)
    d_scores[rows, y] = e[rows, y] / e.sum(axis=1) - 1
    return _right(W, X, y, reg)[0], with_penalty(0.0, X.T @ d_scores / len(X), W, len(X), reg)[1]
