"""The logistic loss of this course is a sum over the examples, not a mean.

fails: one_loss
diagnosis: none
"""

import numpy as np



def logistic_loss(w, X, y):
    z = X @ w
    return np.mean(np.logaddexp(0, z) - y * z).item()


def logistic_gradient(w, X, y):
    return X.T @ (sigmoid(X @ w) - y) / len(y)
