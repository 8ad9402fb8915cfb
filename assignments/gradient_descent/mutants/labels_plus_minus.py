"""This is the loss for labels -1 and 1; here they are 0 and 1.

fails: one_loss
diagnosis: none
"""

import numpy as np



def logistic_loss(w, X, y):
    return np.sum(np.logaddexp(0, -y * (X @ w))).item()
