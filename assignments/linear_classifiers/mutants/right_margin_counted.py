"""The right class has no margin of its own: its score minus itself plus 1 adds 1 to the loss of every example.

fails: svm_naive_loss, svm_naive_few, svm_naive_labels, svm_naive_kink, svm_vectorized_loss, svm_vectorized_few,
    svm_vectorized_labels, svm_vectorized_kink, svm_float32
diagnosis: none
"""

_naive, _vectorized = svm_loss_naive, svm_loss_vectorized


def svm_loss_naive(W, X, y, reg):
    loss, dW = _naive(W, X, y, reg)
    return loss + 1, dW


def svm_loss_vectorized(W, X, y, reg):
    loss, dW = _vectorized(W, X, y, reg)
    return loss + 1, dW
