"""Each row counts as much as its probability, not all rows the same.

fails: risk, risk_refuses
diagnosis: none
"""

import numpy as np


def risk(w, X, y, p):
    if np.any(p < 0) or not abs(np.sum(p) - 1) <= 1e-9:
        raise ValueError("p is not a distribution")
    return linear_loss(w, X, y)
