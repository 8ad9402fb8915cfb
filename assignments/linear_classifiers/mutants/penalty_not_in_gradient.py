"""The penalty is in the loss, and its gradient is not in dW.

fails: softmax_naive_penalty_gradient, softmax_vectorized_penalty_gradient, svm_naive_penalty_gradient,
    svm_vectorized_penalty_gradient
diagnosis: missing-l2
"""

_right = with_penalty


def with_penalty(loss, dW, W, N, reg):
    return _right(loss, dW, W, N, reg)[0], dW
