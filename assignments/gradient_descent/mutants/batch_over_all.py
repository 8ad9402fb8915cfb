"""The mean is over the rows of the mini-batch, not over all rows.

fails: one_loss
diagnosis: none
"""


def minibatch_gradient(w, X, y, rows):
    return X[rows].T @ (X[rows] @ w - y[rows]) / len(y)
