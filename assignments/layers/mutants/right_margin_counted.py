"""The right class is counted among the margins: its own, 1, is not part of the loss.

fails: svm_value, svm_labels
diagnosis: none
"""

_right_svm_loss = svm_loss


def svm_loss(x, y):
    loss, dx = _right_svm_loss(x, y)
    return loss + 1.0, dx
