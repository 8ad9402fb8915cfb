"""The descent starts at w = 0.

fails: logistic_lecture, logistic_steps
diagnosis: none
"""

import numpy as np


def logistic_descent(X, y, lr=0.01, steps=100):
    w = np.ones((X.shape[1], 1))
    for _ in range(steps):
        w = w - lr * logistic_gradient(w, X, y)
    return w
