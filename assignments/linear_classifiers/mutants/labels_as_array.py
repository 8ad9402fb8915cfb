"""Labels may come as a list, which has no arithmetic and no shape: make them an array first.

fails: softmax_vectorized_labels, svm_naive_labels
diagnosis: none
"""

_softmax, _svm = softmax_loss_vectorized, svm_loss_naive


def softmax_loss_vectorized(W, X, y, reg):
    return _softmax(W, X, y.reshape(-1), reg)


def svm_loss_naive(W, X, y, reg):
    return _svm(W, X, y.reshape(-1), reg)
