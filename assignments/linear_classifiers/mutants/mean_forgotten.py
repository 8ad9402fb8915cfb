"""The loss is a mean over the examples; here it is their sum, and so is the gradient.

fails: softmax_naive_loss, softmax_naive_uniform, softmax_naive_gradient, softmax_naive_few, softmax_naive_labels,
    softmax_naive_large, softmax_naive_far, svm_naive_loss, svm_naive_gradient, svm_naive_few, svm_naive_labels,
    svm_naive_kink, softmax_float32, svm_float32
diagnosis: missing-mean
"""

_right_softmax_naive, _right_svm_naive = softmax_loss_naive, svm_loss_naive


def softmax_loss_naive(W, X, y, reg):
    loss, dW = _right_softmax_naive(W, X, y, 0.0)
    return with_penalty(len(X) * loss, len(X) * dW, W, len(X), reg)


def svm_loss_naive(W, X, y, reg):
    loss, dW = _right_svm_naive(W, X, y, 0.0)
    return with_penalty(len(X) * loss, len(X) * dW, W, len(X), reg)
