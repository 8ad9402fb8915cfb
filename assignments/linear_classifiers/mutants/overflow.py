"""The exponential of a large score is infinite: move the scores of each example before it is taken.

fails: softmax_naive_large, softmax_naive_far, softmax_vectorized_large, softmax_vectorized_far
diagnosis: none
"""

import numpy as np


def softmax_loss_naive(W, X, y, reg):
    loss, dW = 0.0, np.zeros(W.shape)
    for x, label in zip(X, y, strict=True):
        e = np.exp(x @ W)
        p = e / np.sum(e)
        loss -= np.log(p[label])
        p[label] -= 1
        dW += np.outer(x, p)
    return with_penalty(loss / len(X), dW / len(X), W, len(X), reg)


def softmax_loss_vectorized(W, X, y, reg):
    rows = np.arange(len(X))
    e = np.exp(X @ W)
    p = e / np.sum(e, axis=1, keepdims=True)
    loss = -np.mean(np.log(p[rows, y]))
    p[rows, y] -= 1
    return with_penalty(loss, X.T @ p / len(X), W, len(X), reg)
