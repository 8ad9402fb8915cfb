"""The logistic loss of this course is a sum over the examples, not a mean.

fails: logistic_loss, logistic_loss_far, logistic_gradient, logistic_gradient_far, logistic_lecture, logistic_steps
diagnosis: factor
"""

import numpy as np


def logistic_loss(w, X, y):
    z = X @ w
    return np.mean(np.logaddexp(0, z) - y * z).item()


def logistic_gradient(w, X, y):
    return X.T @ (sigmoid(X @ w) - y) / len(y)
