"""A label is counted from the end, below 0, which no unsigned dtype can hold: make labels int64 first.

fails: softmax_naive_labels, svm_vectorized_labels
diagnosis: none
"""

_softmax, _svm = softmax_loss_naive, svm_loss_vectorized


def softmax_loss_naive(W, X, y, reg):
    return _softmax(W, X, [label - W.shape[1] for label in y], reg)


def svm_loss_vectorized(W, X, y, reg):
    return _svm(W, X, [label - W.shape[1] for label in y], reg)
