"""Whether the last row of W, the biases, counts in the penalty is said in the handout; here it is the other way.

fails: softmax_naive_penalty, softmax_naive_penalty_gradient, softmax_vectorized_penalty,
    softmax_vectorized_penalty_gradient, svm_naive_penalty, svm_naive_penalty_gradient, svm_vectorized_penalty,
    svm_vectorized_penalty_gradient
diagnosis: one-coordinate
"""

import numpy as np

_right = with_penalty


def with_penalty(loss, dW, W, N, reg):
    counts = _right(0.0, np.zeros(W.shape), np.ones(W.shape), N, 1.0)[1][-1].any()
    if counts:
        return _right(loss, dW, np.vstack([W[:-1], 0 * W[-1:]]), N, reg)
    penalty, more = _right(0.0, np.zeros((len(W) + 1, W.shape[1])), np.vstack([W, 0 * W[-1:]]), N, reg)
    return loss + penalty, dW + more[:-1]
