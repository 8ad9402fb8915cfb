"""This is the gradient of a squared loss; with the logistic loss the derivative of sigmoid cancels.

fails: one_loss
diagnosis: none
"""


def logistic_gradient(w, X, y):
    p = sigmoid(X @ w)
    return X.T @ ((p - y) * p * (1 - p))
