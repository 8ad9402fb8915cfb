"""This is the gradient of the log-likelihood; the loss is its negative.

fails: one_loss
diagnosis: none
"""


def logistic_gradient(w, X, y):
    return X.T @ (y - sigmoid(X @ w))
