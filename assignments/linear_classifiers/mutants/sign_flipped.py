"""Each part of the gradient has the sign of descent: dW is the direction in which the loss grows.

fails: softmax_float32, softmax_vectorized_cost, softmax_vectorized_far, softmax_vectorized_few,
    softmax_vectorized_gradient, softmax_vectorized_labels, softmax_vectorized_large
diagnosis: sign
"""

_right_softmax_vectorized = softmax_loss_vectorized


def softmax_loss_vectorized(W, X, y, reg):
    loss, dW = _right_softmax_vectorized(W, X, y, 0.0)
    return with_penalty(loss, -dW, W, len(X), reg)
