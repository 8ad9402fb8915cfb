"""The loss is a mean over the examples, so its gradient is divided by m as well.

fails: one_loss
diagnosis: none
"""


def linear_gradient(w, X, y):
    return X.T @ (X @ w - y)
