"""This is the gradient of the log-likelihood; the loss is its negative.

fails: logistic_gradient, logistic_gradient_far, logistic_lecture, logistic_steps
diagnosis: sign
"""


def logistic_gradient(w, X, y):
    return X.T @ (y - sigmoid(X @ w))
