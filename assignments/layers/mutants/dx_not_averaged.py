"""The loss is a mean over the examples, but dx is that of a sum.

fails: softmax_dx, softmax_large, softmax_far, softmax_labels, softmax_cost, svm_dx, svm_labels, svm_cost
diagnosis: missing-mean
"""

_softmax, _svm = softmax_loss, svm_loss


def softmax_loss(x, y):
    loss, dx = _softmax(x, y)
    return loss, dx * len(x)


def svm_loss(x, y):
    loss, dx = _svm(x, y)
    return loss, dx * len(x)
