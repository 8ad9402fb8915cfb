"""What is no distribution has to be refused with ValueError.

fails: risk_refuses
diagnosis: none
"""

import numpy as np


def risk(w, X, y, p):
    return np.sum(p * (X @ w - y) ** 2).item() / 2
