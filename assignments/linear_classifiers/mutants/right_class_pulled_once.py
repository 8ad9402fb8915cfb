"""The right class is pulled by each class within the margin, not once per example.

fails: svm_float32, svm_vectorized_cost, svm_vectorized_few, svm_vectorized_gradient, svm_vectorized_kink,
    svm_vectorized_labels
diagnosis: none
"""

import numpy as np

_right = svm_loss_vectorized


def svm_loss_vectorized(W, X, y, reg):
    rows = np.arange(len(X))
    scores = X @ W
    d_scores = (scores - scores[rows, y][:, None] + 1 > 0).astype(float)
    d_scores[rows, y] = -1
    return _right(W, X, y, reg)[0], with_penalty(0.0, X.T @ d_scores / len(X), W, len(X), reg)[1]
