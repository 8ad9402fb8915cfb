"""The loss is divided by N, and so its gradient must be.

fails: softmax_float32, softmax_vectorized_cost, softmax_vectorized_far, softmax_vectorized_few,
    softmax_vectorized_gradient, softmax_vectorized_labels, softmax_vectorized_large, svm_float32, svm_vectorized_cost,
    svm_vectorized_few, svm_vectorized_gradient, svm_vectorized_kink, svm_vectorized_labels
diagnosis: missing-mean
"""

_right_softmax_vectorized, _right_svm_vectorized = softmax_loss_vectorized, svm_loss_vectorized


def softmax_loss_vectorized(W, X, y, reg):
    loss, dW = _right_softmax_vectorized(W, X, y, 0.0)
    return with_penalty(loss, len(X) * dW, W, len(X), reg)


def svm_loss_vectorized(W, X, y, reg):
    loss, dW = _right_svm_vectorized(W, X, y, 0.0)
    return with_penalty(loss, len(X) * dW, W, len(X), reg)
