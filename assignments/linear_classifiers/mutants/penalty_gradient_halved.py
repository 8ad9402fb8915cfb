"""The derivative of a square has a factor 2, which the gradient of the penalty lacks.

fails: softmax_naive_penalty_gradient, softmax_vectorized_penalty_gradient, svm_naive_penalty_gradient,
    svm_vectorized_penalty_gradient
diagnosis: factor
"""

_right = with_penalty


def with_penalty(loss, dW, W, N, reg):
    return _right(loss, dW, W, N, reg)[0], _right(loss, dW, W, N, reg / 2)[1]
