"""Far out sigmoid is 0 or 1 to the last digit, and the logarithm of 0 is infinite: rewrite the loss in terms of X w.

fails: one_loss
diagnosis: none
"""

import numpy as np



def logistic_loss(w, X, y):
    p = sigmoid(X @ w)
    return -np.sum(y * np.log(p) + (1 - y) * np.log(1 - p)).item()
