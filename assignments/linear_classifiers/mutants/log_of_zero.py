"""The logarithm is taken of a probability that may have become 0: simplify the logarithm of the quotient first.

fails: softmax_naive_far, softmax_vectorized_far
diagnosis: none
"""

import numpy as np


def softmax_loss_naive(W, X, y, reg):
    loss, dW = 0.0, np.zeros(W.shape)
    for x, label in zip(X, y, strict=True):
        scores = x @ W
        e = np.exp(scores - np.max(scores))
        p = e / np.sum(e)
        loss -= np.log(p[label])
        p[label] -= 1
        dW += np.outer(x, p)
    return with_penalty(loss / len(X), dW / len(X), W, len(X), reg)


def softmax_loss_vectorized(W, X, y, reg):
    rows = np.arange(len(X))
    scores = X @ W
    e = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    p = e / np.sum(e, axis=1, keepdims=True)
    loss = -np.mean(np.log(p[rows, y]))
    p[rows, y] -= 1
    return with_penalty(loss, X.T @ p / len(X), W, len(X), reg)
