"""The gradient of the penalty is in dW, and the penalty itself is not in the loss.

fails: softmax_naive_penalty, softmax_vectorized_penalty, svm_naive_penalty, svm_vectorized_penalty
diagnosis: none
"""

_right = with_penalty


def with_penalty(loss, dW, W, N, reg):
    return loss, _right(loss, dW, W, N, reg)[1]
