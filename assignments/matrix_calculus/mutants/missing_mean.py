"""The 1/m is missing: the loss is a mean over m examples, and so is its gradient.

fails: least_squares_gradient
diagnosis: missing-mean
"""


def d_least_squares(w, X, y):
    w, y = column(w, "w"), column(y, "y")
    return X.T @ (X @ w - y)
