"""Every class within the margin counts, not only the one with the largest score.

fails: svm_float32, svm_vectorized_cost, svm_vectorized_few, svm_vectorized_gradient, svm_vectorized_kink,
    svm_vectorized_labels, svm_vectorized_loss
diagnosis: none
"""

import numpy as np


def svm_loss_vectorized(W, X, y, reg):
    rows = np.arange(len(X))
    scores = X @ W
    margins = np.maximum(0, scores - scores[rows, y][:, None] + 1)
    margins[rows, y] = 0
    worst = np.argmax(margins, axis=1)
    d_scores = np.zeros_like(scores)
    d_scores[rows, worst] = margins[rows, worst] > 0
    d_scores[rows, y] -= d_scores[rows, worst]
    return with_penalty(margins[rows, worst].mean(), X.T @ d_scores / len(X), W, len(X), reg)
