"""exp of a large number is infinite: take the exponential of something that is not positive.

fails: sigmoid_far, logistic_loss_far, logistic_gradient_far
diagnosis: none
"""

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def logistic_loss(w, X, y):
    z = X @ w
    return np.sum(np.log(1 + np.exp(z)) - y * z).item()
