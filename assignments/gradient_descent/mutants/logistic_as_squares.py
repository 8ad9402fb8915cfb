"""This is the gradient of a squared loss; with the logistic loss the derivative of sigmoid cancels.

fails: logistic_gradient, logistic_gradient_far, logistic_lecture, logistic_steps
diagnosis: factor
"""


def logistic_gradient(w, X, y):
    p = sigmoid(X @ w)
    return X.T @ ((p - y) * p * (1 - p))
