"""The penalty has another factor in front, and so has its gradient; the handout gives the one of this course.

fails: softmax_naive_penalty, softmax_naive_penalty_gradient, softmax_vectorized_penalty,
    softmax_vectorized_penalty_gradient, svm_naive_penalty, svm_naive_penalty_gradient, svm_vectorized_penalty,
    svm_vectorized_penalty_gradient
diagnosis: factor
"""

_right = with_penalty


def with_penalty(loss, dW, W, N, reg):
    return _right(loss, dW, W, N, reg / 2)
