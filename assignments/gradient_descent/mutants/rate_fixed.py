"""The learning rate and the number of steps of the lecture are defaults: others must be obeyed.

fails: logistic_steps
diagnosis: none
"""

import numpy as np


def logistic_descent(X, y, lr=0.01, steps=100):
    w = np.zeros((X.shape[1], 1))
    for _ in range(100):
        w = w - 0.01 * logistic_gradient(w, X, y)
    return w
