"""The penalty's gradient is made in W itself, which is the caller's.

fails: softmax_unchanged
diagnosis: none
"""

_right = softmax_loss_vectorized


def softmax_loss_vectorized(W, X, y, reg):
    loss, dW = _right(W, X, y, reg)
    W *= 2 * reg
    return loss, dW
