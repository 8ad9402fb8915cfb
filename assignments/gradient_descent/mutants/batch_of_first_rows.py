"""A mini-batch holds the rows with these numbers, not as many rows from the beginning.

fails: one_loss
diagnosis: none
"""


def minibatch_gradient(w, X, y, rows):
    return linear_gradient(w, X[: len(rows)], y[: len(rows)])
