"""The gradient is made of complex steps: derive it, for this costs a loss for every entry of W.

fails: softmax_vectorized_cost
diagnosis: none
"""

import numpy as np


def _complex_steps(W, X, y, reg):
    def loss(W):
        scores = X @ W
        scores = scores - scores.real.max(axis=1, keepdims=True)
        data = np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(len(X)), y]
        return data.mean() + reg * np.sum(W * W)

    dW = np.zeros(np.shape(W))
    for index in np.ndindex(*dW.shape):
        moved = np.array(W, dtype=complex)
        moved[index] += 1e-20j
        dW[index] = loss(moved).imag / 1e-20
    return float(loss(np.array(W, dtype=complex)).real), dW


def softmax_loss_naive(W, X, y, reg):
    return _complex_steps(W, X, y, reg)


def softmax_loss_vectorized(W, X, y, reg):
    return _complex_steps(W, X, y, reg)
