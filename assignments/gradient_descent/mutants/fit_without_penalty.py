"""The fit does not depend on the strength of the penalty.

fails: one_loss
diagnosis: none
"""

import numpy as np



def fit(x, y, degree, strength):
    return np.linalg.lstsq(features(x, degree), y, rcond=None)[0]
