"""This is the place of the strength in the list, not the strength.

fails: one_loss
diagnosis: none
"""

import numpy as np



def best_strength(x, y, x_val, y_val, degree, strengths):
    F = features(x_val, degree)
    return int(np.argmin([linear_loss(fit(x, y, degree, strength), F, y_val) for strength in strengths]))
