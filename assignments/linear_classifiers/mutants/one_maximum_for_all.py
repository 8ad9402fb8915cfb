"""The largest score of the whole batch is subtracted; each example needs its own, or all its exponentials become 0.

fails: softmax_vectorized_large, softmax_vectorized_far
diagnosis: none
"""

import numpy as np


def softmax_loss_vectorized(W, X, y, reg):
    rows = np.arange(len(X))
    scores = X @ W
    scores = scores - np.max(scores)
    e = np.exp(scores)
    totals = np.sum(e, axis=1, keepdims=True)
    loss = np.mean(np.log(totals[:, 0]) - scores[rows, y])
    p = e / totals
    p[rows, y] -= 1
    return with_penalty(loss, X.T @ p / len(X), W, len(X), reg)
