"""Loss and dx are sums over the examples: both are means here.

fails: softmax_value, softmax_dx, softmax_large, softmax_far, softmax_labels, softmax_cost,
    svm_value, svm_dx, svm_labels, svm_cost
diagnosis: missing-mean
"""

_softmax, _svm = softmax_loss, svm_loss


def softmax_loss(x, y):
    loss, dx = _softmax(x, y)
    return loss * len(x), dx * len(x)


def svm_loss(x, y):
    loss, dx = _svm(x, y)
    return loss * len(x), dx * len(x)
