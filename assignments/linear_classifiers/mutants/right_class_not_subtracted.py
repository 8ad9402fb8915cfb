"""The score of the right class enters the loss a second time, outside the sum: its derivative is missing in dW.

fails: softmax_float32, softmax_vectorized_cost, softmax_vectorized_far, softmax_vectorized_few,
    softmax_vectorized_gradient, softmax_vectorized_labels, softmax_vectorized_large
diagnosis: none
"""

import numpy as np

_right = softmax_loss_vectorized


def softmax_loss_vectorized(W, X, y, reg):
    scores = X @ W
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares = e / e.sum(axis=1, keepdims=True)
    return _right(W, X, y, reg)[0], with_penalty(0.0, X.T @ shares / len(X), W, len(X), reg)[1]
