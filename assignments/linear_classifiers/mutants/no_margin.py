"""The right score must lead by 1: the margin is missing.

fails: svm_float32, svm_vectorized_cost, svm_vectorized_few, svm_vectorized_gradient, svm_vectorized_kink,
    svm_vectorized_labels, svm_vectorized_loss
diagnosis: none
"""

import numpy as np


def svm_loss_vectorized(W, X, y, reg):
    rows = np.arange(len(X))
    scores = X @ W
    margins = np.maximum(0, scores - scores[rows, y][:, None])
    d_scores = (margins > 0).astype(float)
    d_scores[rows, y] = -d_scores.sum(axis=1)
    return with_penalty(margins.sum() / len(X), X.T @ d_scores / len(X), W, len(X), reg)
