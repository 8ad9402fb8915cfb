"""The mean is over the rows of the mini-batch, not over all rows.

fails: minibatch, minibatch_unbiased, noise, noise_of_extremes, sgd_steps
diagnosis: factor
"""


def minibatch_gradient(w, X, y, rows):
    return X[rows].T @ (X[rows] @ w - y[rows]) / len(y)
