"""What is no distribution has to be refused with ValueError.

fails: one_loss
diagnosis: none
"""

import numpy as np



def risk(w, X, y, p):
    return np.sum(p * (X @ w - y) ** 2).item() / 2
