"""One step is missing.

fails: one_loss
diagnosis: none
"""

import numpy as np



def logistic_descent(X, y, lr=0.01, steps=100):
    w = np.zeros((X.shape[1], 1))
    for _ in range(1, steps):
        w = w - lr * logistic_gradient(w, X, y)
    return w
