"""Where a margin is exactly 0 the derivative lies between 0 and 1: here it is counted on both sides.

fails: svm_vectorized_kink
diagnosis: none
"""

import numpy as np

_right = svm_loss_vectorized


def svm_loss_vectorized(W, X, y, reg):
    rows = np.arange(len(X))
    scores = X @ W
    margins = scores - scores[rows, y][:, None] + 1
    d_scores = (margins > 0).astype(float) + 2 * (margins == 0)
    d_scores[rows, y] = 0
    d_scores[rows, y] = -d_scores.sum(axis=1)
    return _right(W, X, y, reg)[0], with_penalty(0.0, X.T @ d_scores / len(X), W, len(X), reg)[1]
