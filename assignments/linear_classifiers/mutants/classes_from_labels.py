"""The number of classes is that of the columns of W; a batch need not have an example of the last class.

fails: softmax_naive_few, svm_vectorized_few
diagnosis: none
"""

_softmax, _svm = softmax_loss_naive, svm_loss_vectorized


def softmax_loss_naive(W, X, y, reg):
    return _softmax(W[:, : max(y) + 1], X, y, reg)


def svm_loss_vectorized(W, X, y, reg):
    return _svm(W[:, : max(y) + 1], X, y, reg)
