"""The loss of a mini-batch is a mean over its rows, and so is its gradient.

fails: one_loss
diagnosis: none
"""


def minibatch_gradient(w, X, y, rows):
    return X[rows].T @ (X[rows] @ w - y[rows])
