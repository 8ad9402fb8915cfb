"""X is divided in place, and the caller's data with it.

fails: svm_unchanged
diagnosis: none
"""

_right = svm_loss_naive


def svm_loss_naive(W, X, y, reg):
    answer = _right(W, X, y, reg)
    X /= len(X)
    return answer
