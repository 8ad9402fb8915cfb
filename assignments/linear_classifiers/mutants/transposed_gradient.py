"""dW is (C, D) here; a gradient looks like its argument, and W is (D, C).

fails: softmax_float32, softmax_vectorized_cost, softmax_vectorized_far, softmax_vectorized_few,
    softmax_vectorized_gradient, softmax_vectorized_labels, softmax_vectorized_large,
    softmax_vectorized_penalty_gradient, softmax_vectorized_shapes, svm_float32, svm_vectorized_cost,
    svm_vectorized_few, svm_vectorized_gradient, svm_vectorized_kink, svm_vectorized_labels,
    svm_vectorized_penalty_gradient, svm_vectorized_shapes
diagnosis: transposed
"""

_softmax, _svm = softmax_loss_vectorized, svm_loss_vectorized


def softmax_loss_vectorized(W, X, y, reg):
    loss, dW = _softmax(W, X, y, reg)
    return loss, dW.T


def svm_loss_vectorized(W, X, y, reg):
    loss, dW = _svm(W, X, y, reg)
    return loss, dW.T
